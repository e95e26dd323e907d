"""Application session messages as documents.

Names and order are written down here a second time on purpose.
"""

import csta_xml as x
from tests.csta_xml.trees import Node

APPLICATION_SESSION: list[tuple[x.Message, Node]] = [
    (
        x.StartApplicationSession(
            application_id="app", user="u", password="p&", protocol_versions=("v1", "v2"), duration=30
        ),
        (
            "StartApplicationSession",
            [
                (
                    "applicationInfo",
                    [
                        ("applicationID", "app"),
                        ("applicationSpecificInfo", [("login", [("user", "u"), ("password", "p&")])]),
                    ],
                ),
                ("requestedProtocolVersions", [("protocolVersion", "v1"), ("protocolVersion", "v2")]),
                ("requestedSessionDuration", "30"),
            ],
        ),
    ),
    (
        x.StartApplicationSessionPosResponse(
            session_id="s", actual_protocol_version="v1", actual_session_duration=30
        ),
        (
            "StartApplicationSessionPosResponse",
            [("sessionID", "s"), ("actualProtocolVersion", "v1"), ("actualSessionDuration", "30")],
        ),
    ),
    (
        x.StartApplicationSessionNegResponse(error_code=x.SessionError.MAX_NUMBER_SESSIONS),
        ("StartApplicationSessionNegResponse", [("errorCode", [("definedError", "maxNumberSessions")])]),
    ),
    (
        x.StopApplicationSession(session_id="s"),
        (
            "StopApplicationSession",
            [("sessionID", "s"), ("sessionEndReason", [("definedEndReason", "normal")])],
        ),
    ),
    (
        x.StopApplicationSession(session_id="s", session_end_reason="upgrade"),
        (
            "StopApplicationSession",
            [("sessionID", "s"), ("sessionEndReason", [("appEndReason", "upgrade")])],
        ),
    ),
    (x.StopApplicationSessionPosResponse(), ("StopApplicationSessionPosResponse", "")),
    (
        x.StopApplicationSessionNegResponse(error_code=x.SessionError.INVALID_SESSION_ID),
        ("StopApplicationSessionNegResponse", [("errorCode", [("definedError", "invalidSessionID")])]),
    ),
    (
        x.ResetApplicationSessionTimer(session_id="s", requested_session_duration=30),
        ("ResetApplicationSessionTimer", [("sessionID", "s"), ("requestedSessionDuration", "30")]),
    ),
    (
        x.ResetApplicationSessionTimerPosResponse(actual_session_duration=30),
        ("ResetApplicationSessionTimerPosResponse", [("actualSessionDuration", "30")]),
    ),
    (
        x.ResetApplicationSessionTimerNegResponse(error_code="no"),
        ("ResetApplicationSessionTimerNegResponse", [("errorCode", [("applError", "no")])]),
    ),
    (
        x.ApplicationSessionTerminated(
            session_id="s", session_term_reason=x.SessionTermReason.RESOURCE_LIMITATION
        ),
        (
            "ApplicationSessionTerminated",
            [("sessionID", "s"), ("sessionTermReason", [("definedTermReason", "resourceLimitation")])],
        ),
    ),
    (
        x.ApplicationSessionTerminated(session_id="s", session_term_reason="fire"),
        (
            "ApplicationSessionTerminated",
            [("sessionID", "s"), ("sessionTermReason", [("serverTermReason", "fire")])],
        ),
    ),
]
