"""A pretend WhatsApp: an honest Graph API, customers with phones, and signed webhooks.

`serve` runs it as a process; `SimulatorClient` is how the rest of the product plays on it.
"""

from botpe_app.whatsapp.simulator.access import control_token
from botpe_app.whatsapp.simulator.app import DEFAULT_PORT, Simulator, make_app, serve
from botpe_app.whatsapp.simulator.client import SimulatorClient

__all__ = ["DEFAULT_PORT", "Simulator", "SimulatorClient", "control_token", "make_app", "serve"]
