"""How the hall is started: settings from the environment (`BANSHI_…`), a `.env` file, or the command line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from banshi.platform.notices.mail import mail_addresses
from banshi.platform.notices.sending import Sending, allowed_hosts

_SHIPPED = Path(__file__).resolve().parent.parent / "definitions"
_MB = 1024 * 1024


class Settings(BaseSettings):
    """Every setting of the hall, with its default. `BANSHI_PORT=9000` or `--port 9000` changes one."""

    model_config = SettingsConfigDict(
        env_prefix="BANSHI_",
        env_file=".env",
        extra="ignore",
        cli_prog_name="run.py",
        cli_kebab_case=True,
        cli_implicit_flags=True,
        cli_avoid_json=True,
    )

    data: Path = Field(default=Path("data"), description="folder for the database, the files and the logs · 数据目录")
    database: str = Field(
        default="",
        description="address of the database: sqlite:///, postgresql://, tinydb:///; a SQLite file in the data folder without · 数据库地址",
    )
    definitions: Path = Field(default=_SHIPPED, description="folder with the workbooks · 业务工作簿目录")
    host: str = Field(default="127.0.0.1", description="address to listen on · 监听地址")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on, 0 picks a free one · 监听端口")
    demo: bool = Field(default=True, description="sign in as a demo person with one click · 演示登录")
    oidc_issuer: str = Field(
        default="",
        description="campus sign-in by OpenID Connect: address of the issuer · OpenID Connect 统一身份认证地址",
    )
    oidc_client_id: str = Field(default="", description="what that provider knows the hall by · 客户端编号")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="secret of the hall there, in the environment · 客户端密钥"
    )
    oidc_claim: str = Field(default="sub", min_length=1, description="claim with the campus number · 学工号所在的声明")
    oidc_scope: str = Field(
        default="openid profile", pattern=r"(^|.* )openid( .*|$)", description="scopes to ask for · 请求的权限范围"
    )
    cas_server: str = Field(
        default="", description="campus sign-in by CAS 3.0: address of the server · CAS 统一身份认证地址"
    )
    cas_attribute: str = Field(
        default="",
        pattern=r"^[A-Za-z_][\w.-]*$|^$",
        description="attribute with the campus number; the user's name without · 学工号所在的属性",
    )
    https: bool = Field(default=False, description="the hall is reached by https · 通过 https 访问")
    trusted_proxies: str = Field(default="127.0.0.1", description="proxies whose headers are believed · 可信代理")
    attachment_limit: int = Field(default=20 * _MB, ge=1, description="bytes a file may have · 附件大小上限")
    workbook_limit: int = Field(default=10 * _MB, ge=1, description="bytes a workbook may have · 工作簿大小上限")
    checkpoints: Path | None = Field(
        default=None, description="folder for a signed checkpoint of the log each day · 每日检查点的文件夹"
    )

    checkpoint_mail: str = Field(
        default="", description="addresses to which it is mailed, parted by commas · 每日检查点寄往的邮箱"
    )

    callback_secret: SecretStr = Field(
        default=SecretStr(""), description="secret that the keys of other systems are made from · 外部系统回调密钥"
    )

    send: bool = Field(default=True, description="send mails and webhooks; off on a copy of a hall · 发送邮件和推送")
    mail: SecretStr = Field(
        default=SecretStr(""),
        description="mail server as apprise writes it: mailtos://user:password@smtp.example.edu.cn?from=… · 邮件服务器",
    )
    connect_hosts: str = Field(
        default="", description="hosts that services may call, parted by commas · 允许推送到的主机"
    )
    secrets: dict[str, SecretStr] = Field(
        default_factory=dict, description="secrets of other systems by name, as JSON · 外部系统的密钥"
    )
    site: str = Field(
        default="", description="where people reach the hall, for links in mails and QR labels · 大厅的网址"
    )

    pay_secret: SecretStr = Field(
        default=SecretStr(""),
        description="key with which the payment gateway signs; its own without · 支付平台签名密钥",
    )
    reversed_by_two: Decimal = Field(
        default=Decimal(1000),
        ge=0,
        description="from this amount on a reversal takes two persons · 冲正须两人的起点金额",
    )

    kiosks: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="tokens of printing kiosks by name, 16 characters or more, as JSON · 自助打印终端的口令",
    )

    gates: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="tokens of gates by name (place, or place/gate), 16 characters or more, as JSON · 闸机的口令",
    )

    sent_kept: int = Field(default=90, ge=1, description="days that what was sent is kept · 已发送消息保留天数")
    inbox_kept: int = Field(default=365, ge=1, description="days that messages in inboxes are kept · 站内消息保留天数")

    @field_validator("connect_hosts")
    @classmethod
    def _readable(cls, text: str) -> str:
        allowed_hosts(text)
        return text

    @field_validator("checkpoint_mail")
    @classmethod
    def _mailable(cls, text: str) -> str:
        mail_addresses(text)
        return text

    @property
    def checkpoint_folder(self) -> Path | None:
        """Where the checkpoint of each day is written; what is mailed lies in the data folder where nothing else is said."""
        return self.checkpoints or (self.data / "checkpoints" if self.checkpoint_mail.strip() else None)

    @property
    def sending(self) -> Sending:
        """What is said of messages to the outside."""
        return Sending(
            active=self.send,
            rehearsal=self.demo,
            mail=self.mail.get_secret_value(),
            hosts=allowed_hosts(self.connect_hosts),
            secrets={name: secret.get_secret_value() for name, secret in self.secrets.items()},
            site=self.site,
            sent_kept=timedelta(days=self.sent_kept),
            inbox_kept=timedelta(days=self.inbox_kept),
        )

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the hall."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False
