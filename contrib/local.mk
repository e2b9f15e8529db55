# SPDX-License-Identifier: MIT
# Examples for those who run nabd on a server: in the tarball, not installed.
contrib_files = \
	contrib/README.md \
	contrib/apparmor/nabd \
	contrib/bpftrace/nabd-trouble.bt \
	contrib/bpftrace/nabd-waits.bt \
	contrib/grafana/nabd.json \
	contrib/prometheus/nabd-alerts-test.yml \
	contrib/prometheus/nabd-alerts.yml \
	contrib/prometheus/nabd-textfile \
	contrib/selinux/nabd.te \
	contrib/systemd/nabd-clean.service \
	contrib/systemd/nabd-clean.timer \
	contrib/systemd/nabd-metrics.service \
	contrib/systemd/nabd-metrics.timer \
	contrib/sysusers.d/nabd.conf \
	contrib/tmpfiles.d/nabd.conf
EXTRA_DIST += $(contrib_files)
