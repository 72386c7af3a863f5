"""The OpenID provider: Authlib's grants on our tables. identity.md's list of what a library leaves to us is here.

PKCE S256 for every relying party, exact redirect addresses, a code used by one statement, RFC 9207 ``iss``, ``sid``.
A refresh token comes only to who asks for ``offline_access``, and changes at each use.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from uuid import UUID

from authlib.integrations.django_oauth2.requests import DjangoOAuth2Payload
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.errors import UnsupportedResponseTypeError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge, create_s256_code_challenge
from authlib.oidc.core.grants import OpenIDCode
from django.http import HttpRequest, HttpResponse
from joserfc import jwt
from joserfc.errors import JoseError

from openecf.central.signon import keys, queries, rules
from openecf.central.signon.services import grants
from openecf.platform.config import this_site

ASSERTION_ALGORITHMS = ["EdDSA", "Ed25519"]
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def issuer() -> str:
    """The provider's one name, by whatever host a browser came."""
    return this_site().config.base_url


class ProviderRequest(OAuth2Request):
    """A Django request as Authlib reads it. TLS is the deployment's business (settings), not Authlib's."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.method, "https://provider" + request.path, headers=request.headers)
        self.payload = DjangoOAuth2Payload(request)
        self.arrived: datetime = request.arrived
        self.sso: UUID | None = request.sso.id if request.sso else None
        self._request = request

    @property
    def args(self) -> dict:
        return self._request.GET

    @property
    def form(self) -> dict:
        return self._request.POST


class CodeGrant(AuthorizationCodeGrant):
    """Authorization code with PKCE. The code is consumed while it is looked up, by one statement."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["private_key_jwt"]

    def save_authorization_code(self, code: str, request: ProviderRequest) -> None:
        """Written already, by ``generate_authorization_code``."""

    def generate_authorization_code(self) -> str:
        data = self.request.payload.data
        return grants.issue_code(
            sso=self.request.sso,
            court=self.request.client.client_id,
            redirect_uri=data["redirect_uri"],
            challenge=data["code_challenge"],
            nonce=data.get("nonce", ""),
            scope=self.request.client.get_allowed_scope(data.get("scope")),
            at=self.request.arrived,
        )

    def query_authorization_code(self, code: str, client: queries.RelyingParty) -> grants.Redeemed | None:
        form = self.request.form
        redirect_uri = form.get("redirect_uri", "")
        if not client.check_redirect_uri(redirect_uri):
            return None
        return grants.redeem_code(
            code=code,
            court=client.client_id,
            redirect_uri=redirect_uri,
            challenge=create_s256_code_challenge(form.get("code_verifier", "")),
            at=self.request.arrived,
        )

    def authenticate_user(self, authorization_code: grants.Redeemed) -> UUID:
        return authorization_code.account

    def delete_authorization_code(self, authorization_code: grants.Redeemed) -> None:
        """It is used up already."""


class RefreshGrant(RefreshTokenGrant):
    """Refresh tokens that rotate. A token is consumed while it is looked up, by one statement."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["private_key_jwt"]

    def authenticate_refresh_token(self, refresh_token: str) -> grants.Refreshed | None:
        return grants.refresh(token=refresh_token, court=self.request.client.client_id, at=self.request.arrived)

    def _validate_token_scope(self, token: grants.Refreshed) -> None:
        """What was granted is given again, and named in the answer (RFC 6749 3.3)."""

    def authenticate_user(self, refresh_token: grants.Refreshed) -> UUID:
        return refresh_token.account

    def issue_token(self, user: UUID, refresh_token: grants.Refreshed) -> dict:
        return self.generate_token(user=user, scope=refresh_token.scope, include_refresh_token=False)

    def revoke_old_credential(self, refresh_token: grants.Refreshed) -> None:
        """It is used up already."""


class Pkce(CodeChallenge):
    """S256 for every relying party, confidential ones too (RFC 9700 2.1.1)."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        data = grant.request.payload.data
        if data.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(data.get("code_challenge", "")):
            raise InvalidRequestError("PKCE with code_challenge_method S256 is required.")
        super().validate_code_challenge(grant, redirect_uri)

    def validate_code_verifier(self, grant: CodeGrant, result: object) -> None:
        """Checked in the statement that used the code."""


class IdToken(OpenIDCode):
    """ID tokens, ES256, five minutes, with the session's name at that court."""

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        """Nonces are the relying party's business, as long as they can be kept."""
        if len(nonce) > rules.NONCE_LENGTH or not rules.storable(nonce):
            raise InvalidRequestError("The nonce is too long, or has control characters.")
        return False

    def resolve_client_private_key(self, client: queries.RelyingParty) -> object:
        return keys.signing_key()

    def get_encode_header(self, client: queries.RelyingParty) -> dict[str, str]:
        return {"alg": keys.ALGORITHM, "kid": keys.signing_key().kid}

    def get_client_claims(self, client: queries.RelyingParty) -> dict[str, object]:
        issued = int(datetime.now(UTC).timestamp())
        return {
            "iss": issuer(),
            "aud": client.client_id,
            "iat": issued,
            "exp": issued + int(rules.ID_TOKEN_LIFE.total_seconds()),
        }

    def generate_user_info(self, user: UUID, scope: str) -> dict[str, str]:
        return {"sub": str(user)}

    def get_authorization_code_claims(self, authorization_code: grants.Redeemed) -> dict[str, object]:
        return super().get_authorization_code_claims(authorization_code) | {"sid": authorization_code.rp_sid}


class PrivateKeyJwt(JWTBearerClientAssertion):
    """Courts authenticate with their own Ed25519 key. At the token endpoint an assertion is taken once; elsewhere it
    may be shown again while it lives (a minute), so that the two-second feed costs no write."""

    CLIENT_AUTH_METHOD = "private_key_jwt"
    _LONGEST_LIFE = 120

    def __init__(self, *, once: bool) -> None:
        super().__init__(validate_jti=once, leeway=5)

    def get_audiences(self) -> list[str]:
        return [issuer(), issuer() + "/oauth2/token"]

    def resolve_client_public_key(self, client: queries.RelyingParty) -> object:
        return client.key

    def process_assertion_claims(self, assertion: str, resolve_key: object) -> dict:
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=ASSERTION_ALGORITHMS)
        except (JoseError, ValueError) as problem:
            raise InvalidClientError(description="The client assertion is not valid.") from problem
        expires = token.claims.get("exp")
        if not isinstance(expires, int) or expires > datetime.now(UTC).timestamp() + self._LONGEST_LIFE:
            raise InvalidClientError(description="The client assertion lives too long.")
        self.verify_claims(token.claims)
        return token.claims

    def validate_jti(self, claims: dict, jti: str) -> bool:
        return grants.take_assertion(
            court=claims["sub"], jti=str(jti), expires_at=datetime.fromtimestamp(claims["exp"] + self.leeway, UTC)
        )


class Provider(AuthorizationServer):
    """Authlib's server, answering Django."""

    def __init__(self) -> None:
        super().__init__(scopes_supported=None)
        self.register_token_generator(
            "default", BearerTokenGenerator(self._access_token, expires_generator=self._token_life)
        )
        self.register_grant(CodeGrant, [Pkce(required=True), IdToken()])
        self.register_grant(RefreshGrant)
        self.register_client_auth_method("private_key_jwt", PrivateKeyJwt(once=True))
        self.register_client_auth_method("private_key_jwt_again", PrivateKeyJwt(once=False))

    @staticmethod
    def _access_token(*, client: object, grant_type: str, user: object, scope: str) -> str:
        return ""

    @staticmethod
    def _token_life(client: object, grant_type: str) -> int:
        return int(rules.TOKEN_LIFE.total_seconds())

    def get_authorization_grant(self, request: ProviderRequest) -> object:
        """Authlib repeats a response type that it does not know in words that may hold printable ASCII only."""
        try:
            return super().get_authorization_grant(request)
        except ValueError:
            raise UnsupportedResponseTypeError("The response type is not supported.") from None

    def query_client(self, client_id: str) -> queries.RelyingParty | None:
        return queries.relying_party(client_id)

    def save_token(self, token: dict, request: ProviderRequest) -> None:
        """The row was written with the use of the code; here its secret joins the answer."""
        issued = request.authorization_code or request.refresh_token
        token["access_token"] = issued.access_token
        if issued.refresh_token:
            token["refresh_token"] = issued.refresh_token

    def create_oauth2_request(self, request: HttpRequest) -> ProviderRequest:
        return ProviderRequest(request)

    def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
        """No signals in this house."""

    def handle_response(self, status: int, body: object, headers: list[tuple[str, str]]) -> HttpResponse:
        response = HttpResponse(
            json.dumps(body) if isinstance(body, dict) else body, status=status, headers=dict(headers)
        )
        response.headers["Cache-Control"] = "no-store"
        return response


provider = Provider()


def authenticated_court(request: HttpRequest) -> queries.RelyingParty:
    """The court that calls any endpoint but the token endpoint; InvalidClientError if it does not prove itself."""
    party = PrivateKeyJwt(once=False)(queries.relying_party, ProviderRequest(request))
    if party is None:
        raise InvalidClientError(description="private_key_jwt is required.", status_code=401)
    return party


def hinted(id_token_hint: str) -> dict | None:
    """The claims of an ID token that this provider signed for anybody, expired or not; None if it did not."""
    try:
        token = jwt.decode(id_token_hint, keys.keys().verifying, algorithms=[keys.ALGORITHM])
    except (JoseError, ValueError):
        return None
    claims = token.claims
    return claims if claims.get("iss") == issuer() and token.header.get("typ") != "logout+jwt" else None


_CLAIMS = (
    "iss sub aud exp iat auth_time nonce acr amr sid at_hash name email preferred_username number account_type "
    "upgraded shared two_step may_search client_code reads_as sign_on client_code_required receipts_hidden session_expires"
).split()


def discovery() -> dict[str, object]:
    """The provider's metadata (OpenID Connect Discovery 1.0, RFC 8414)."""
    base = issuer()
    return {
        "issuer": base,
        "authorization_endpoint": base + "/oauth2/authorize",
        "token_endpoint": base + "/oauth2/token",
        "userinfo_endpoint": base + "/oauth2/userinfo",
        "jwks_uri": base + "/oauth2/jwks",
        "end_session_endpoint": base + "/oauth2/logout",
        "introspection_endpoint": base + "/oauth2/introspect",
        "revocation_endpoint": base + "/oauth2/revoke",
        "scopes_supported": list(rules.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [keys.ALGORITHM],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": ["private_key_jwt"],
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "acr_values_supported": [rules.AAL1, rules.AAL2],
        "claim_types_supported": ["normal"],
        "claims_supported": _CLAIMS,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "ui_locales_supported": ["en", "es", "ht"],
    }
