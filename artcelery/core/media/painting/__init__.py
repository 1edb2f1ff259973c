"""Pictures over each other: placed, blended, with clean edges."""
