#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# mirror.sh: print the address of the Debian mirror that this machine's apt
# uses, or $MIRROR if that is set; nothing if there is none.
set -eu

if [ -n "${MIRROR-}" ]; then
	echo "$MIRROR"
else
	# shellcheck disable=SC2016 # apt expands it
	apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | head -n1
fi
