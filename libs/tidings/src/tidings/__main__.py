"""`python -m tidings` is the console script `tidings`."""

from tidings.app import main

if __name__ == "__main__":
    main()
