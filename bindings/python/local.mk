# SPDX-License-Identifier: MIT
# The sources of this binding; what a build makes is never here.
