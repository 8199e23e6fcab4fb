#!/bin/sh
# Made the files here, in a checkout of commit 7c1a95c: make.sh FOLDER
set -eu
out=$1
export OB_ENCRYPTION_KEY=$(printf 'store vectors of secret-svc, test' | head -c 32 | base64)
export SECRET_SVC_LISTEN=127.0.0.1:0 SECRET_SVC_DATA_DIR=$out/data SECRET_SVC_AUDIT_EXPORT=$out/audit.jsonl
bin/secret-svc serve >$out/out 2>$out/err & pid=$!
until grep -q 'Try it' $out/out; do sleep 0.2; done
export OO_URL=$(grep -oE 'http://[0-9.:]+' $out/out | head -1)
export OO_TOKEN=$(cat $out/data/admin.token)
oo secret save DATABASE_URL postgresql://user:pass@host:5432/db --readers api-svc,backend --writers admin-team
oo secret save DATABASE_URL postgresql://user:pass2@host:5432/db
oo secret save prod/API_KEY 'sk_live_ünicode 🔑' --readers api-svc --metadata environment=prod --metadata expires=2027-01-01
oo secret save REMOVED gone-value --readers api-svc
oo secret remove --key REMOVED
oo secret save REVIVED one; oo secret remove --key REVIVED; oo secret save REVIVED two
oo user save payment-svc --role backend
oo token create payment-svc > $out/payment.token
oo token create payment-svc --can 'read:payment-svc/*' --ttl 3650d > $out/narrow.token
oo user save gone-svc --role backend; oo token create gone-svc > $out/gone.token; oo user remove gone-svc
OO_TOKEN=$(cat $out/payment.token) oo secret save STRIPE_SECRET_KEY sk_test_abc123
OO_TOKEN=$(cat $out/payment.token) oo secret list --show >/dev/null
oo secret list -o json >$out/list.json
oo secret versions DATABASE_URL
curl -sS -X PUT $OO_URL/secret-svc/secrets -H "Authorization: Bearer $OO_TOKEN" -H 'content-type: application/json' -d '{"secrets":[{"key":"IDEMPOTENT","value":"once"}],"idempotencyKey":"vector-1"}'
oo audit head > $out/audit.head
kill $pid; wait $pid || true
bin/secret-svc backup-key $out/backup.key >$out/backup.pub
bin/secret-svc backup --to $out/backup.sealed --key $out/backup.pub
