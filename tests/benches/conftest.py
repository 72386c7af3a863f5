"""Tests of all benches at once: at no court in particular."""
