# SPDX-License-Identifier: GPL-2.0
#
# gnuplot -e "dir='FOLDER'; made='VERSIONS'" pictures.gp: draw cost-length.svg and cost-added.svg
# in the FOLDER, from length.dat and added.dat there, which bench.py writes. VERSIONS are those of
# Linux, the compiler and QEMU, for the titles. The pictures have no background and colours of
# medium brightness, because the page behind them may be white or black.
text = "#757d85"
set terminal svg size 760,420 dynamic font "sans-serif,14"
set border 3 linecolor rgb text
set tics nomirror textcolor rgb text
set grid ytics linecolor rgb text dashtype 3
set key textcolor rgb text
set title textcolor rgb text
set xlabel textcolor rgb text
set ylabel textcolor rgb text
set encoding utf8

set style line 1 linecolor rgb "#d1603d" linewidth 2 pointtype 7 pointsize 0.8
set style line 2 linecolor rgb "#2f8fd0" linewidth 2 pointtype 5 pointsize 0.8
set style line 3 linecolor rgb text linewidth 2 dashtype 2

set output dir."/cost-length.svg"
set title "A system call under a filter, on feature\n{/*0.8 ".made."}"
set xlabel "comparisons in the filter"
set ylabel "instructions a call"
set logscale xy
set xrange [0.8:5000]
set yrange [100:200000]
set key top left
set xtics (1, 10, 100, 1000, 4000)
plot dir."/length.dat" using 1:2 with linespoints linestyle 1 title "filtered", \
     "" using 1:3 with linespoints linestyle 2 title "suspended", \
     "" using 1:4 with lines linestyle 3 title "without seccomp"

set output dir."/cost-added.svg"
set title "What PTRACE\\_O\\_SUSPEND\\_SECCOMP adds\n{/*0.8 ".made."}"
unset logscale
unset xlabel
set xtics autofreq scale 0
set bmargin 4
set ylabel "instructions"
set xrange [-0.6:3.6]
set yrange [0:50]
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9 noborder
set boxwidth 0.9
set key top left
plot dir."/added.dat" using 2:xtic(1) linecolor rgb "#8a8f3c" title "stock", \
     "" using 3 linecolor rgb "#d1603d" title "feature", \
     "" using ($0-0.16):2:2 with labels offset 0,0.6 textcolor rgb text notitle, \
     "" using ($0+0.16):3:3 with labels offset 0,0.6 textcolor rgb text notitle
