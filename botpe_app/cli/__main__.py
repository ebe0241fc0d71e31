"""`python -m botpe_app.cli`: the botpe command without its script on PATH."""

from botpe_app.cli import main

if __name__ == "__main__":  # a spawned server process imports this file again
    main()
