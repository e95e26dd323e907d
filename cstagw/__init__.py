"""The gateway: SIP sessions of users on one side, CTIManagers on the other."""

__all__ = ["__version__"]

__version__ = "0.1.0"
