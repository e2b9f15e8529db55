// SPDX-License-Identifier: MIT

// Where it lies is its owner's choice: the path has no host, so use a replace line, or GOPATH.
module libnabd/nabd

go 1.19
