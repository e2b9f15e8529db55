// SPDX-License-Identifier: MIT
//! The C library libnabd as it is: its functions, structs and constants.
//!
//! All that is said of them stands in the header `nabd/nabd.h` and in the manual pages. The crate
//! `nabd` is made of this one, and safe.
#![allow(non_camel_case_types)]

use std::os::raw as c;

include!("bindings.rs");
