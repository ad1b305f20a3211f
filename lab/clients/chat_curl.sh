#!/bin/sh
# A streaming chat completion with curl.
# Use: OPENAI_API_KEY=... chat_curl.sh BASE_URL MODEL [PROXY]
set -eu
if [ "$#" -lt 2 ]; then
    echo "use: chat_curl.sh BASE_URL MODEL [PROXY]" >&2
    exit 2
fi
# The key goes through a pipe: an argument would be readable in /proc.
answer=$(printf 'Authorization: Bearer %s\n' "$OPENAI_API_KEY" | curl --silent --show-error --no-buffer --fail \
    --max-time 15 --noproxy '' --proxy "${3:-}" --header @- --header 'Content-Type: application/json' \
    --data "{\"model\":\"$2\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Say where you are.\"}]}" \
    "$1/chat/completions") || exit 1
printf '%s\n' "$answer" | sed -n 's/.*"content":"\([^"]*\)".*/\1/p' | tr -d '\n'
echo
case "$answer" in
    *'data: [DONE]'*) exit 0 ;;
    *) echo "the stream ended before [DONE]" >&2; exit 1 ;;
esac
