#!/bin/bash
# Variables to properties as in the official image: KAFKA_A_B is a.b (`__` is `_`, `___` is `-`); formats the storage once.
set -euo pipefail
properties=/mnt/shared/config/server.properties
echo "log.dirs=${KAFKA_LOG_DIRS:-/var/lib/kafka/data}" >"$properties"
env | while IFS='=' read -r name value; do
  case $name in
    KAFKA_LOG_DIRS | KAFKA_HEAP_OPTS | KAFKA_OPTS) ;;
    KAFKA_*)
      key=$(sed -e 's/^KAFKA_//' -e 's/___/-/g' -e 's/__/\x01/g' -e 's/_/./g' -e 's/\x01/_/g' <<<"$name" | tr '[:upper:]' '[:lower:]')
      echo "$key=$value" >>"$properties"
      ;;
  esac
done
java -cp '/opt/kafka/libs/*' kafka.tools.StorageTool format --ignore-formatted -t "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" -c "$properties"
exec java ${KAFKA_HEAP_OPTS:--Xms256m -Xmx512m} -XX:+UseSerialGC -cp '/opt/kafka/libs/*' kafka.Kafka "$properties"
