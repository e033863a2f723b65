"""The ground under every room: states, work, events, clock, money, errors, guarded http, secrets."""
