"""Measurements on real releases. Each prints figures and ratios; none is a test."""
