"""What is wrong with the URL of a broker or result backend, and which of them show a secret."""

from __future__ import annotations

import pytest

from celery_lint.project.configuration.urls import backend_mistake, broker_mistake, has_secret


class TestBrokers:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "amqp://",
            "amqp://guest:guest@localhost:5672//",
            "amqp://shop:a@b@rabbit:5672/shop",
            "redis://:secret@redis:6379/0?ssl_cert_reqs=none",
            "redis://redis",
            "redis+socket:///run/redis.sock",
            "sentinel://one:26379;sentinel://two:26379",
            "SQS://KEY:SEC/RET@",
            "sqla+postgresql://db/shop",
            "package.transport:Transport://",
            "localhost",
            "rabbit:5672",
            "redis://{host}:6379/{db}",
        ],
    )
    def test_that_are_right(self, url: str) -> None:
        assert broker_mistake(url) is None

    @pytest.mark.parametrize(
        "url, expected",
        [
            ("redis:/localhost", "has one slash after `redis:`, so it is taken as a host of AMQP"),
            ("127.0.0.1:6399/1", "names no transport, so it is taken as AMQP"),
            ("reddis://redis", "names the transport `reddis`, which kombu does not have"),
            ("redis://redis/abc", "names the database `abc`, and Redis knows databases by number"),
            ("redis://:a/b@redis:6379/0", "has a password that is not quoted and ends it early"),
            ("amqp://shop:a#b@rabbit:5672//", "has a password that is not quoted and ends it early"),
            ("amqp://one;reddis://two", "names the transport `reddis`, which kombu does not have"),
        ],
    )
    def test_that_lead_nowhere(self, url: str, expected: str) -> None:
        assert expected == broker_mistake(url)


class TestBackends:
    @pytest.mark.parametrize("url", ["", "django-db", "rpc://", "db+mysql://db/x", "redis://redis/1", "s3://x"])
    def test_that_are_right(self, url: str) -> None:
        assert backend_mistake(url, has_ssl_settings=False) is None

    @pytest.mark.parametrize(
        "url, expected",
        [
            ("postgresql+psycopg://db/x", "names a database without `db+` in front"),
            ("amqp://", "names the backend `amqp`, which Celery no longer has"),
        ],
    )
    def test_that_lead_nowhere(self, url: str, expected: str) -> None:
        assert expected == backend_mistake(url, has_ssl_settings=False)

    def test_tls_needs_a_word_on_certificates(self) -> None:
        assert "ssl_cert_reqs" in (backend_mistake("rediss://redis", has_ssl_settings=False) or "")
        assert backend_mistake("rediss://redis", has_ssl_settings=True) is None
        assert backend_mistake("rediss://redis?ssl_cert_reqs=CERT_REQUIRED", has_ssl_settings=False) is None


class TestSecrets:
    @pytest.mark.parametrize(
        "url, expected",
        [
            ("amqp://shop:kz81Hq@rabbit:5672//", True),
            ("redis://:kz81Hq@redis/0", True),
            ("amqp://guest:guest@rabbit//", False),
            ("amqp://shop:shop@rabbit//", False),
            ("amqp://shop:kz81Hq@localhost//", False),
            ("redis://redis/0", False),
            ("amqp://shop:{password}@rabbit//", False),
            ("amqp://[::1", False),
            ("rabbit", False),
        ],
    )
    def test_are_passwords_of_machines_that_others_reach(self, url: str, expected: bool) -> None:
        assert expected is has_secret(url)
