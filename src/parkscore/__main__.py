"""Run the command line with `python -m parkscore`."""

from parkscore.cli import main

if __name__ == "__main__":
    main()
