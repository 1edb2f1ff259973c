# /// script
# requires-python = ">=3.11"
# ///
"""
@effect identity
@version 1.0.0
@author artcelery
@identity true

@description
Nothing: the output is the input, byte for byte.
"""
