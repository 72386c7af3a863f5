"""The measurements: every figure is a ratio to something well known, in the same run on the same machine."""
