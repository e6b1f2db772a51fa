# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2034 # facts, read by kernel/source.sh
# Linux 7.3: where its source comes from.
version=7.3
# Debian's package of the source, and the suites to look for it in.
package=linux-source-7.3
suites='trixie trixie-backports'
# Used if there is no package. Its checksum is in sha256sums.asc of the same folder.
tarball=https://cdn.kernel.org/pub/linux/kernel/v7.x/linux-7.3.4.tar.xz
