"""`python -m artcelery` is `artcelery`."""

from artcelery.cli.app import main

if __name__ == "__main__":
    main()
