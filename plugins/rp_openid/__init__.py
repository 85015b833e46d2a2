"""Signing in by OpenID Connect: Microsoft Entra ID, or any provider that publishes its discovery document."""
