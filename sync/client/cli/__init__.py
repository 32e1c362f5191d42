"""The commands of `mediashare-sync`: what is typed becomes one call inward, and a sentence out."""
