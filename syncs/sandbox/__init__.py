"""Stand-ins for vendors, each its own process: for the demo, for training and for tests.

Standard library only. A sandbox proves shape and behavior as documented, not the live vendor.
"""
