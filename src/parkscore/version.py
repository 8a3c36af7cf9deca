"""The version of parkscore, which every output names."""

VERSION = "0.1.0"
