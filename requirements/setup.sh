#!/usr/bin/env bash
# Make .venv hold what a lock names, and nothing be missing beside it.
#   setup.sh runtime    what the product needs
#   setup.sh dev        and what its tests need (Chromium, LibreOffice, PDF tools and a Chinese font too)
# A second run finds its stamp and returns at once.
set -euo pipefail
cd "$(dirname "$0")/.."
want=$1
stamp=.venv/.set-up-$want
python=${PYTHON3:-python3}

# System packages: installed when we may, named when we may not.
need() {
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "安装系统软件包 / installing system packages: $*" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  else
    echo "缺少系统软件包，请管理员安装后重试 / missing, ask an administrator: apt-get install $*" >&2
    exit 1
  fi
}

command -v "$python" >/dev/null || need python3
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed, this is $("$python" -V)" >&2
  exit 1
}
"$python" -c 'import venv, ensurepip' 2>/dev/null || need python3-venv
if [ "$want" = dev ]; then
  command -v chromium >/dev/null || need chromium
  # The documents we write are read back by the programs that offices use.
  command -v pdftotext >/dev/null || need poppler-utils
  command -v soffice >/dev/null || need libreoffice-calc-nogui
  [ -n "$(find /usr/share/fonts -iname '*NotoSansCJK*' -print -quit 2>/dev/null)" ] || need fonts-noto-cjk
fi

mark=$(cat "requirements/$want.lock" pyproject.toml requirements/*.in | sha256sum)
[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$mark" ] && exit 0

echo "准备运行环境（首次约需两三分钟）/ setting up, two or three minutes the first time …" >&2
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "requirements/$want.lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
echo "$mark" > "$stamp"
