// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace attune {

/// Base of every error the library throws. The message names the thing, what was expected, what was found, and the way
/// out. The library never prints, aborts or exits; the program maps the classes below to exit codes.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The caller asked for something that has no meaning: an unknown option, a value out of range, a contradiction.
/// Exit 2.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// Data that cannot be read as what it is said to be; names file, row and column. Exit 2.
class InputError : public Error {
 public:
  using Error::Error;
};

/// A model file that is truncated, altered, of another format version, or not ours. Exit 2.
class ModelFileError : public Error {
 public:
  using Error::Error;
};

/// A tensor of the wrong shape: names the argument, the expected symbolic shape and the actual one.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A tensor of the wrong element type or device.
class TypeError : public Error {
 public:
  using Error::Error;
};

/// The operating system refused: disk full, no permission, a lock held by another process. Exit 1 unless it is a lock.
class IoError : public Error {
 public:
  using Error::Error;
};

/// Another process holds the file. Exit 2: nothing was started.
class LockedError : public IoError {
 public:
  using IoError::IoError;
};

/// The caller's callback asked to stop before there was a result. Exit 130.
class StoppedError : public Error {
 public:
  using Error::Error;
};

/// A loss or gradient that is no longer finite. Exit 1.
class NumericError : public Error {
 public:
  using Error::Error;
};

}  // namespace attune
