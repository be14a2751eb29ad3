{{/* Name of the release's objects: the release itself when it is called daybreak, else <release>-daybreak. */}}
{{- define "daybreak.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "daybreak.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{/* Labels that never change over a release's life. Takes (dict "root" $ "name" <service>). */}}
{{- define "daybreak.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "daybreak.labels" -}}
{{ include "daybreak.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* Phone numbers of the registry: each is a shard. */}}
{{- define "daybreak.shards" -}}
{{- $n := 0 }}{{ range .Values.registry.wabas }}{{ $n = add $n (len .numbers) }}{{ end }}{{ $n }}
{{- end }}

{{/* A service's group names: what all have in common first. */}}
{{- define "daybreak.groups" -}}
{{- concat (list "common") .svc.groups | toJson -}}
{{- end }}

{{/* Plain variables, as YAML: groups in their order, then the service's own, then what the chart itself knows. */}}
{{- define "daybreak.env" -}}
{{- $env := dict }}
{{- range include "daybreak.groups" . | fromJsonArray }}
{{- $env = mergeOverwrite $env (deepCopy ((get $.root.Values.groups .).env | default dict)) }}
{{- end }}
{{- $env = mergeOverwrite $env (deepCopy (.svc.env | default dict)) }}
{{- $_ := set $env "HTTP_PORT" "8080" }}
{{- with .root.Values.installation }}{{ $_ := set $env "NAMESPACE" . }}{{ end }}
{{- if .svc.registry }}{{ $_ := set $env "NUMBERS_FILE" "/etc/daybreak/numbers.yaml" }}{{ end }}
{{- if and (eq .name "ingest") .root.Values.webhookIngress.enabled }}
{{- with .root.Values.webhookIngress }}
{{- $_ := set $env "WEBHOOK_PUBLIC_URL" (printf "https://%s/webhooks/whatsapp" .host) }}
{{- if .clientCertificate.caSecret }}{{ $_ := set $env "WEBHOOK_CLIENT_CN" .clientCertificate.commonName }}{{ end }}
{{- end }}
{{- end }}
{{- $env | toYaml -}}
{{- end }}

{{/* References to Secrets and to the pod's own fields, as a list of variables. */}}
{{- define "daybreak.references" -}}
{{- $secrets := dict }}
{{- range include "daybreak.groups" . | fromJsonArray }}
{{- $secrets = mergeOverwrite $secrets (deepCopy ((get $.root.Values.groups .).secretEnv | default dict)) }}
{{- end }}
{{- $secrets = mergeOverwrite $secrets (deepCopy (.svc.secretEnv | default dict)) }}
{{- range $name, $ref := $secrets }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: {{ toJson $ref }}
{{- end }}
{{- range $name, $path := .svc.fieldEnv }}
- name: {{ $name }}
  valueFrom:
    fieldRef: { fieldPath: {{ $path | quote }} }
{{- end }}
{{- end }}

{{- define "daybreak.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "daybreak.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
