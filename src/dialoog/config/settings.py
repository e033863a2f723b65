"""Django settings: everything that differs per installation comes from the data folder or the environment."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from dialoog.config import installation, logs, mail, store

PACKAGE = Path(__file__).resolve().parent.parent
DATA = installation.data_folder()
_installation = installation.read(DATA) or installation.fresh(is_ephemeral=True)

SECRET_KEY = _installation.secret_key
FIELD_KEYS = _installation.field_keys
INSTANCE_ID = _installation.instance_id

DEBUG = os.environ.get("DIALOOG_DEBUG") == "1"
# The address at which people reach this installation; links in mail and feeds are built from it.
ADDRESS = os.environ.get("DIALOOG_ADDRESS", "http://localhost:8000").rstrip("/")
_address = urlsplit(ADDRESS)
IS_SECURE = _address.scheme == "https"
ALLOWED_HOSTS = [host for host in {_address.hostname, "localhost", "127.0.0.1", "[::1]"} if host] + [
    host for host in os.environ.get("DIALOOG_HOSTS", "").split(",") if host
]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
# Foreign addresses that may be on a private network, as host:port; everything else private is refused.
ALLOW_ADDRESSES = frozenset(filter(None, os.environ.get("DIALOOG_ALLOW_ADDRESSES", "").split(",")))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "template_partials",
    "dialoog.core",
    "dialoog.ui",
    "dialoog.organisations",
    "dialoog.newsroom",
    "dialoog.channels",
    "dialoog.policy",
    "dialoog.strategy",
    "dialoog.publishing",
    "dialoog.inbox",
    "dialoog.measurement",
    "dialoog.learning",
    "dialoog.assess",
    "dialoog.reports",
    "dialoog.home",
    "dialoog.demo",
    # After our own rooms, so that our templates and words win.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "dialoog.organisations.middleware.PlainAddressMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dialoog.config.logs.RequestIdMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dialoog.organisations.middleware.LanguageMiddleware",
    "dialoog.organisations.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "dialoog.config.urls"
WSGI_APPLICATION = "dialoog.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "dialoog.home.shell.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

DATABASES = {"default": store.read_store(os.environ, DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "dialoog.organisations.passwords.LikenessValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "dialoog.organisations.passwords.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "dialoog.organisations.passwords.CommonValidator"},
    {"NAME": "dialoog.organisations.passwords.BreachValidator"},
]

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "dialoog.organisations.people.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"
# Whoever asks for an unknown address learns nothing, and its owner gets no mail from us.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_ADAPTER = "dialoog.organisations.sign_in.ClosedAdapter"
ACCOUNT_FORMS = {
    "login": "dialoog.organisations.account_forms.SignInForm",
    "reauthenticate": "dialoog.organisations.account_forms.ConfirmPasswordForm",
    "change_password": "dialoog.organisations.account_forms.OwnPasswordForm",
    "reset_password": "dialoog.organisations.account_forms.ForgottenForm",
    "reset_password_from_key": "dialoog.organisations.account_forms.NewPasswordForm",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "dialoog.organisations.devices.DevicesAdapter"
MFA_FORMS = {
    "authenticate": "dialoog.organisations.devices.SignInCodeForm",
    "reauthenticate": "dialoog.organisations.devices.ConfirmCodeForm",
    "activate_totp": "dialoog.organisations.devices.StartCodesForm",
    "add_webauthn": "dialoog.organisations.devices.AddPasskeyForm",
    "edit_webauthn": "dialoog.organisations.devices.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# Addresses aren't verified here: an account comes by the set-up or by an invitation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# One step back and forth, for a phone whose clock is half a minute off (RFC 6238, section 5.2).
MFA_TOTP_TOLERANCE = 1
# Behind the proxy that speaks TLS, its last entry is the caller; else one guesser locks everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = int(IS_SECURE)
# Counts of failed sign-ins live here; with Django's 300 entries a guesser could push them out.
# Counts against guessing. Several web servers on one database share theirs; alone, memory does.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "dialoog_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
    if store.is_postgresql(DATABASES["default"])
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
METRICS_TOKEN = os.environ.get("DIALOOG_METRICS_TOKEN", "")
# Where passwords are looked up by the first five characters of their digest; empty: nowhere.
BREACH_CHECK = os.environ.get("DIALOOG_BREACH_CHECK", "").rstrip("/")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "dialoog_language"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "dialoog.ui.static_files.HashedFiles"},
}

_SELF = ["'self'"]
_NONE = ["'none'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": _NONE,
        "script-src": _SELF,
        "style-src": _SELF,
        "img-src": ["'self'", "blob:"],
        "font-src": _SELF,
        "connect-src": _SELF,
        "manifest-src": _SELF,
        "form-action": _SELF,
        "frame-ancestors": _NONE,
        "base-uri": _NONE,
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_NAME = "dialoog_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "dialoog_csrf"
if IS_SECURE:
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
_MAIL = mail.read_mail(os.environ)
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.uses_tls, _MAIL.uses_starttls
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = _MAIL.sender

LOGGING = logs.settings_for(
    os.environ.get("DIALOOG_LOG", "WARNING"), os.environ.get("DIALOOG_LOG_FORM", "line")
)
