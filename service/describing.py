"""Describing: what ``/openapi.json`` says beside the routes (接口说明).

How to sign in, what an error looks like wherever it is told, and that a file is a request's body.
The framework's own 422 is not ours: every error is a problem in the words of the office.
"""

from typing import Any

from fastapi import FastAPI

from service.access import API, COOKIE

SIGNED_IN: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
}
UNSIGNED = (("/healthz", "get"), (f"{API}/sessions", "post"))
FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "文件本身 / the file itself",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
        },
    }
}
"""For a route that takes a file: the body is the file, as ``curl --data-binary`` sends it."""

ABOUT = (
    "暖童的接口；以 `Authorization: Bearer 令牌` 访问，令牌在页面“程序令牌”或用 "
    "`nuantong user token` 生成。账号看得到什么，程序就看得到什么。\n\n"
    "The API of Nuantong. Send `Authorization: Bearer TOKEN`, made on the page 程序令牌 or by "
    "`nuantong user token`. A program sees what its account sees. Every answer has an "
    "`X-Request-ID`; what writes may carry an `Idempotency-Key`."
)
PROBLEM = {
    "type": "object",
    "description": "An error, as application/problem+json",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "kind of error, for programs"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "a sentence to act on, zh / en"},
    },
    "example": {
        "type": "NotFound",
        "title": "找不到 / Not found",
        "status": 404,
        "detail": "没有这条记录，或不在您的范围内 / no such record, or not in your area",
    },
}
_TOLD = {
    401: "没有登录，或令牌已失效 / not signed in, or the token has ended",
    403: "不该由这个账号做 / not this account's to do",
    404: "没有，或不在范围内，一字不差 / not there or not in your area, in the same words",
    409: "别人先改了，或状态不合 / somebody was first, or not in the state for it",
    422: "请求或文件不合要求 / the request or the file is not as described",
    503: "暂时忙，请重试 / busy: try again",
}
_OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")


class Described(FastAPI):
    """The application, whose description says how to sign in and how an error is told."""

    def openapi(self) -> dict[str, Any]:
        """Describe the API."""
        if self.openapi_schema is None:
            told = super().openapi()
            told["info"]["description"] = ABOUT
            told["components"]["securitySchemes"] = SIGNED_IN
            told["security"] = [{way: []} for way in SIGNED_IN]
            for path, method in UNSIGNED:
                told["paths"][path][method]["security"] = []
            for name in _OF_THE_FRAMEWORK:
                told["components"]["schemas"].pop(name, None)
            told["components"]["schemas"]["Problem"] = PROBLEM
            for path, ways in told["paths"].items():
                for method, operation in ways.items():
                    _tell_errors(path, method, operation)
        described: dict[str, Any] = self.openapi_schema or {}
        return described


def _tell_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    """Describe the errors of one operation; what takes nothing is never asked wrongly."""
    takes_nothing = operation["responses"].pop("422", None) is None
    if path == UNSIGNED[0][0]:
        return
    left_out = {422} if takes_nothing else set()
    if method == "get":
        left_out.add(409)
    if (path, method) in UNSIGNED:
        left_out.add(401)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, words in _TOLD.items():
        if status not in left_out:
            operation["responses"][str(status)] = {"description": words, "content": content}
