"""The example organisation, made through the same actions as the screens use."""
