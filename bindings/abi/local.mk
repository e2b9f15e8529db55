# SPDX-License-Identifier: MIT
# The header as data for other languages.
