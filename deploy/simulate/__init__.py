"""Days of the processing tier, played with the policy that production uses."""
