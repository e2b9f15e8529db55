# SPDX-License-Identifier: MIT
# The proof that debian/ and nabd.spec are good. debian/ is not in the tarball: a
# distribution adds its own.
EXTRA_DIST += \
	nabd.spec \
	packaging/deb.sh \
	packaging/installed.sh \
	packaging/rpm-macros \
	packaging/rpm.sh \
	packaging/rpmlint.toml

# Builds, checks and tries the packages: minutes, as root, on Debian. What is installed for it
# is removed again.
check-deb: dist
	$(top_srcdir)/packaging/deb.sh $(distdir).tar.xz packages.deb
check-rpm: dist
	$(top_srcdir)/packaging/rpm.sh $(distdir).tar.xz packages.rpm

package-clean:
	rm -rf packages.deb packages.rpm
clean-local: package-clean

.PHONY: check-deb check-rpm package-clean
