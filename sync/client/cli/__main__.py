"""`python -m sync.client.cli`: the same as `mediashare-sync`."""

from sync.client.cli.main import main

main()
