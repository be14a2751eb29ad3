{{/*
One service: a Deployment, or the sender's StatefulSet. Takes (dict "root" $ "name" <service> "svc" <its values>).
*/}}
{{- define "daybreak.workload" -}}
{{- $fullname := printf "%s-%s" (include "daybreak.fullname" .root) .name }}
{{- $stateful := eq .svc.kind "StatefulSet" }}
{{- $replicas := $stateful | ternary (add (include "daybreak.shards" .root | int) (.svc.spares | default 0)) .svc.replicas }}
apiVersion: apps/v1
kind: {{ .svc.kind }}
metadata:
  name: {{ $fullname }}
  labels:
    {{- include "daybreak.labels" . | nindent 4 }}
spec:
  replicas: {{ $replicas }}
  selector:
    matchLabels:
      {{- include "daybreak.selectorLabels" . | nindent 6 }}
  {{- if $stateful }}
  serviceName: {{ $fullname }}
  # In order, one pod that is not ready would block all others, and the way back too.
  podManagementPolicy: Parallel
  # OnDelete: a new version reaches a shard when somebody deletes its pod, never by itself, never between 05:45 and 06:15.
  updateStrategy:
    type: {{ .svc.updateStrategy }}
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  {{- end }}
  template:
    metadata:
      labels:
        {{- include "daybreak.labels" . | nindent 8 }}
      annotations:
        checksum/config: {{ include "daybreak.env" . | sha256sum }}
        {{- if .svc.registry }}
        checksum/registry: {{ .root.Values.registry | toJson | sha256sum }}
        {{- end }}
        {{- if and (hasKey .svc "evictable") (not .svc.evictable) }}
        cluster-autoscaler.kubernetes.io/safe-to-evict: 'false'
        karpenter.sh/do-not-disrupt: 'true'
        {{- end }}
    spec:
      serviceAccountName: {{ include "daybreak.fullname" .root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ .svc.terminationGracePeriodSeconds | default 45 }}
      {{- with .svc.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .root.Values.imagePullSecrets }}
      imagePullSecrets: {{ toJson . }}
      {{- end }}
      securityContext:
        {{- include "daybreak.podSecurityContext" . | nindent 8 }}
      containers:
        - name: {{ .name }}
          image: {{ include "daybreak.image" .root }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [services/{{ .name }}/dist/main.js]
          envFrom:
            - configMapRef: { name: {{ $fullname }} }
          {{- with include "daybreak.references" . | trim }}
          env:
            {{- . | nindent 12 }}
          {{- end }}
          ports:
            - { name: http, containerPort: 8080, protocol: TCP }
          # HTTP listens once the configuration is valid, the stores were reached and the event handlers are in place: two minutes for that.
          startupProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 2
            failureThreshold: 60
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 5
            timeoutSeconds: 3
            failureThreshold: 2
          # Event loop and progress only; a shared store that is away must never restart every pod at 06:01.
          livenessProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          {{- with .svc.preStopSeconds }}
          lifecycle:
            preStop:
              exec: { command: [sleep, {{ . | quote }}] }
          {{- end }}
          resources: {{ toJson .svc.resources }}
          securityContext:
            {{- include "daybreak.containerSecurityContext" . | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            {{- if .svc.registry }}
            - { name: registry, mountPath: /etc/daybreak, readOnly: true }
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {}
        {{- if .svc.registry }}
        - name: registry
          configMap: { name: {{ include "daybreak.fullname" .root }}-registry }
        {{- end }}
      topologySpreadConstraints:
        {{- range $key, $unsatisfiable := dict "topology.kubernetes.io/zone" "ScheduleAnyway" "kubernetes.io/hostname" "ScheduleAnyway" }}
        - maxSkew: 1
          topologyKey: {{ $key }}
          whenUnsatisfiable: {{ $unsatisfiable }}
          labelSelector:
            matchLabels:
              {{- include "daybreak.selectorLabels" $ | nindent 14 }}
        {{- end }}
      {{- with .root.Values.nodeSelector }}
      nodeSelector: {{ toJson . }}
      {{- end }}
      {{- $tolerations := .root.Values.tolerations }}
      {{- with .svc.unreachableTolerationSeconds }}
      {{- range list "not-ready" "unreachable" }}
      {{- $tolerations = append $tolerations (dict "key" (printf "node.kubernetes.io/%s" .) "operator" "Exists" "effect" "NoExecute" "tolerationSeconds" $.svc.unreachableTolerationSeconds) }}
      {{- end }}
      {{- end }}
      {{- with $tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
