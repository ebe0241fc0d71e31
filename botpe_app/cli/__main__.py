"""`python -m botpe_app.cli`: the botpe command without its script on PATH."""

from botpe_app.cli import main

main()
