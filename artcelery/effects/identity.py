"""
@effect identity
@version 1.0.0
@identity true
@description
Nothing.
"""
