"""What files from outside are, before anything of them is decoded."""
