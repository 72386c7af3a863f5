"""Pages of the accounts room: registering, upgrading, managing, recovering."""
