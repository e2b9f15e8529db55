// SPDX-License-Identifier: MIT

package nabd

/*
#include "helpers.h"
*/
import "C"

import (
	"fmt"
	"strconv"
	"strings"
)

// CompiledVersion is the version of the header that this package was compiled with.
const CompiledVersion = C.NABD_VERSION_STRING

// Version is the version of the library that is running.
func Version() string { return C.GoString(C.nabd_version()) }

// comparable makes a number of "1.2.3" as NABD_VERSION_NUMBER does.
func versionNumber(text string) (int, error) {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return 0, fmt.Errorf("nabd: %q is no version", text)
	}
	number := 0
	for _, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil {
			return 0, fmt.Errorf("nabd: %q is no version", text)
		}
		number = number*100 + n
	}
	return number, nil
}

// versionTrouble says why a library can't serve a program that was compiled with a header.
func versionTrouble(running string, compiled int) error {
	number, err := versionNumber(running)
	if err != nil {
		return err
	}
	if number < compiled || number/10000 != compiled/10000 {
		return fmt.Errorf("nabd: compiled with libnabd %s, but %s is running", CompiledVersion,
			running)
	}
	return nil
}

// The loader takes any library of the same soname. An older one may lack what this needs; to
// go on would be to find out in the middle of something.
var versionError = versionTrouble(Version(), C.NABD_VERSION_NUMBER)
