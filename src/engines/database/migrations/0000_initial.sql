CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"parent_id" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"position" integer NOT NULL,
	"actor" text NOT NULL,
	"actor_id" text,
	"address" text,
	"request_id" text,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb,
	"at" timestamp with time zone NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"account_id" text NOT NULL,
	"key" text NOT NULL,
	"request" text NOT NULL,
	"status" text NOT NULL,
	"response" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_account_id_key_pk" PRIMARY KEY("account_id","key")
);
--> statement-breakpoint
CREATE TABLE "alert_channels" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"type" text NOT NULL,
	"target" text NOT NULL,
	"sealed" text,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"key" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"subject" text NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"recovered_at" timestamp with time zone,
	"urgency" integer DEFAULT 0 NOT NULL,
	"untold" text,
	"untold_since" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "alert_last_notices" (
	"channel_id" text NOT NULL,
	"key" text NOT NULL,
	"alert_id" text,
	"told" text,
	"urgency" integer DEFAULT 0 NOT NULL,
	"claimed_until" timestamp with time zone,
	CONSTRAINT "alert_last_notices_channel_id_key_pk" PRIMARY KEY("channel_id","key")
);
--> statement-breakpoint
CREATE TABLE "audiences" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"definition" jsonb NOT NULL,
	"revision" integer NOT NULL,
	"status" text NOT NULL,
	"status_error" text,
	"size" bigint,
	"last_updated_config_at" timestamp with time zone NOT NULL,
	"last_updated_output_at" timestamp with time zone,
	"last_read_input_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cohorts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"condition" jsonb NOT NULL,
	"revision" integer NOT NULL,
	"status" text NOT NULL,
	"status_error" text,
	"size" bigint,
	"last_updated_config_at" timestamp with time zone NOT NULL,
	"last_updated_output_at" timestamp with time zone,
	"last_read_input_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connection_checks" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"trigger" text NOT NULL,
	"ok" boolean NOT NULL,
	"prerequisites" jsonb NOT NULL,
	"changes" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"settings" jsonb NOT NULL,
	"sealed" text NOT NULL,
	"status" text NOT NULL,
	"status_error" text,
	"prerequisites" jsonb,
	"checked_at" timestamp with time zone,
	"next_check_at" timestamp with time zone NOT NULL,
	"key_pair" jsonb,
	"confirmed" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "vendor_calls" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"run_id" text,
	"at" timestamp with time zone NOT NULL,
	"method" text NOT NULL,
	"target" text NOT NULL,
	"status" text NOT NULL,
	"milliseconds" integer NOT NULL,
	"vendor_request_id" text,
	"code" text
);
--> statement-breakpoint
CREATE TABLE "quota_calls" (
	"name" text NOT NULL,
	"minute" integer NOT NULL,
	"calls" integer NOT NULL,
	CONSTRAINT "quota_calls_name_minute_pk" PRIMARY KEY("name","minute")
);
--> statement-breakpoint
CREATE TABLE "datasets" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"status" text NOT NULL,
	"status_error" json,
	"file_name" text NOT NULL,
	"bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"file_stored_at" timestamp with time zone NOT NULL,
	"file_first_stored_at" timestamp with time zone NOT NULL,
	"bytes_first_stored_at" timestamp with time zone NOT NULL,
	"file_deleted_at" timestamp with time zone,
	"file_deleted_because" text,
	"format" json NOT NULL,
	"columns" json NOT NULL,
	"suggested_mapping" json,
	"mapping" json,
	"rows_read" bigint DEFAULT 0 NOT NULL,
	"bytes_read" bigint DEFAULT 0 NOT NULL,
	"funnel" json,
	"result" json,
	"attempt" integer DEFAULT 0 NOT NULL,
	"claim" text,
	"heard_at" timestamp with time zone,
	"queued_at" timestamp with time zone,
	"progress_at" timestamp with time zone,
	"cancel_requested_at" timestamp with time zone,
	"merging_since" timestamp with time zone,
	"started_at" timestamp with time zone,
	"untold" boolean DEFAULT false NOT NULL,
	"expect_every_hours" integer,
	"deletion" text,
	"deletion_requested_at" timestamp with time zone,
	"imported_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"last_updated_config_at" timestamp with time zone NOT NULL,
	"last_updated_output_at" timestamp with time zone,
	"last_read_input_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "trait_sources" (
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "trait_sources_account_id_name_source_pk" PRIMARY KEY("account_id","name","source")
);
--> statement-breakpoint
CREATE TABLE "traits" (
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"source" text NOT NULL,
	"description" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "traits_account_id_name_pk" PRIMARY KEY("account_id","name")
);
--> statement-breakpoint
CREATE TABLE "creatives" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"headline" text NOT NULL,
	"body" text,
	"image_url" text,
	"call_to_action" text,
	"link_url" text,
	"channels" jsonb NOT NULL,
	"rules" jsonb,
	"active_from" timestamp with time zone,
	"active_until" timestamp with time zone,
	"revision" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"upload_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"seq" integer NOT NULL,
	"status" text NOT NULL,
	"cursor_end" text NOT NULL,
	"last" boolean NOT NULL,
	"idempotency_key" text NOT NULL,
	"members" integer NOT NULL,
	"entries" integer NOT NULL,
	"fixed" integer NOT NULL,
	"invalid" integer NOT NULL,
	"accepted" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"unattributed" integer DEFAULT 0 NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"vendor_request_id" text,
	"ticket" jsonb,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone,
	CONSTRAINT "batches_upload_id_attempt_seq_pk" PRIMARY KEY("upload_id","attempt","seq")
);
--> statement-breakpoint
CREATE TABLE "connection_pauses" (
	"connection_id" text PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"because" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"audience_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"persona_set_id" text,
	"split_by_persona" boolean NOT NULL,
	"outcomes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"mode" text NOT NULL,
	"representation" text NOT NULL,
	"match_keys" jsonb NOT NULL,
	"attributes" jsonb NOT NULL,
	"name_template" text NOT NULL,
	"description_template" text NOT NULL,
	"default_country" text,
	"consent" jsonb NOT NULL,
	"options" jsonb NOT NULL,
	"guards" jsonb NOT NULL,
	"creatives" jsonb,
	"schedule" jsonb,
	"next_run_at" timestamp with time zone,
	"due" text,
	"paused_at" timestamp with time zone,
	"archived_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "delivery_segments" (
	"delivery_id" text NOT NULL,
	"key" text NOT NULL,
	"account_id" text NOT NULL,
	"remote" jsonb NOT NULL,
	"segment" jsonb NOT NULL,
	"audience_name" text NOT NULL,
	"bound_at" timestamp with time zone NOT NULL,
	CONSTRAINT "delivery_segments_delivery_id_key_pk" PRIMARY KEY("delivery_id","key")
);
--> statement-breakpoint
CREATE TABLE "run_segments" (
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"segment" jsonb NOT NULL,
	"remote" jsonb,
	"planned" jsonb NOT NULL,
	CONSTRAINT "run_segments_run_id_key_pk" PRIMARY KEY("run_id","key")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"delivery_id" text NOT NULL,
	"trigger" text NOT NULL,
	"status" text NOT NULL,
	"verdict" text,
	"reason" text,
	"plan_id" text,
	"persona_version_id" text,
	"definition" jsonb,
	"resync" boolean DEFAULT false NOT NULL,
	"retry_refused" boolean DEFAULT false NOT NULL,
	"hold" jsonb,
	"paused_at" timestamp with time zone,
	"resumed_at" timestamp with time zone,
	"cancel_requested_at" timestamp with time zone,
	"lease_owner" text,
	"lease_until" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"planned_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "uploads" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"account_id" text NOT NULL,
	"segment_key" text NOT NULL,
	"phase" integer NOT NULL,
	"direction" text NOT NULL,
	"actions" jsonb NOT NULL,
	"session_id" bigint NOT NULL,
	"replaces" boolean DEFAULT false NOT NULL,
	"attempt" integer DEFAULT 1 NOT NULL,
	"status" text NOT NULL,
	"estimated" integer NOT NULL,
	"stale" boolean DEFAULT false NOT NULL,
	"cursor" text DEFAULT '' NOT NULL,
	"seq" integer DEFAULT 0 NOT NULL,
	"error" jsonb,
	"finish_ticket" jsonb,
	"sweep_ticket" jsonb,
	"swept_at" timestamp with time zone,
	"omitted" integer DEFAULT 0 NOT NULL,
	"warnings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"confirmation" jsonb,
	"confirm_attempts" integer DEFAULT 0 NOT NULL,
	"faults" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone,
	"lease_owner" text,
	"lease_until" timestamp with time zone,
	"started_at" timestamp with time zone,
	"accepted_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"contact_id" text NOT NULL,
	"requested_by" text NOT NULL,
	"status" text NOT NULL,
	"withdrawals" jsonb NOT NULL,
	"connections" jsonb NOT NULL,
	"sealed_forms" text,
	"may_return_as" jsonb NOT NULL,
	"pending" text,
	"files" jsonb NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"begun_at" timestamp with time zone NOT NULL,
	"erased_locally_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"block_lifted_at" timestamp with time zone,
	"block_lifted_by" text,
	"next_at" timestamp with time zone,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "inform_pushes" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"trigger_id" text,
	"status" text NOT NULL,
	"body" json,
	"attempts" integer DEFAULT 0 NOT NULL,
	"error" text,
	"next_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"delivered_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "inform_triggers" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"stream" text NOT NULL,
	"condition" jsonb,
	"connection_id" text NOT NULL,
	"persona_sets" jsonb,
	"outcomes" jsonb,
	"paused_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "monitor_readings" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"monitor_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"verdict" text NOT NULL,
	"reading" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "monitors" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"cohort_id" text NOT NULL,
	"audience_id" text NOT NULL,
	"delivery_id" text NOT NULL,
	"drift_limit" double precision,
	"baseline_run_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outcome_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"outcome_id" text NOT NULL,
	"version" integer NOT NULL,
	"status" text NOT NULL,
	"status_error" jsonb,
	"progress" double precision DEFAULT 0 NOT NULL,
	"step" text DEFAULT '' NOT NULL,
	"stage" text NOT NULL,
	"counts" jsonb,
	"model" jsonb,
	"report" jsonb,
	"as_of" text,
	"streams" jsonb,
	"cuts" jsonb,
	"scored_contacts" integer,
	"scored_at" timestamp with time zone,
	"claim" text,
	"heard_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"trained_at" timestamp with time zone,
	"publishing_at" timestamp with time zone,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "outcomes" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"eligible_cohort_id" text,
	"attained_cohort_id" text,
	"attained_event" jsonb,
	"attrition_cohort_id" text,
	"traits" jsonb,
	"seed" integer NOT NULL,
	"exclude_protected" boolean NOT NULL,
	"published_version_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"last_updated_config_at" timestamp with time zone NOT NULL,
	"last_updated_output_at" timestamp with time zone,
	"last_read_input_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "persona_profiles" (
	"version_id" text NOT NULL,
	"key" text NOT NULL,
	"place" integer NOT NULL,
	"size" integer NOT NULL,
	"share" double precision NOT NULL,
	"suggested_name" text NOT NULL,
	"summary" text NOT NULL,
	"salient_traits" jsonb NOT NULL,
	"profile" jsonb NOT NULL,
	CONSTRAINT "persona_profiles_version_id_key_pk" PRIMARY KEY("version_id","key")
);
--> statement-breakpoint
CREATE TABLE "persona_sets" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"cohort_id" text,
	"traits" jsonb,
	"k" integer,
	"seed" integer NOT NULL,
	"exclude_protected" boolean NOT NULL,
	"published_version_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"last_updated_config_at" timestamp with time zone NOT NULL,
	"last_updated_output_at" timestamp with time zone,
	"last_read_input_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "persona_versions" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"set_id" text NOT NULL,
	"version" integer NOT NULL,
	"status" text NOT NULL,
	"status_error" jsonb,
	"progress" double precision DEFAULT 0 NOT NULL,
	"step" text DEFAULT '' NOT NULL,
	"stage" text NOT NULL,
	"k" integer,
	"based_on" integer,
	"edit" jsonb,
	"sample_size" integer,
	"cohort_size" integer,
	"model" jsonb,
	"quality" jsonb,
	"choice" jsonb,
	"selection" jsonb,
	"claim" text,
	"heard_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"trained_at" timestamp with time zone,
	"publishing_at" timestamp with time zone,
	"published_at" timestamp with time zone,
	"assigned_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "personas" (
	"set_id" text NOT NULL,
	"key" text NOT NULL,
	"account_id" text NOT NULL,
	"name" text,
	"summary" text,
	"color" text NOT NULL,
	"icon" text NOT NULL,
	"tone" text,
	"offer" text,
	"messages" jsonb,
	"pinned_version_id" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "personas_set_id_key_pk" PRIMARY KEY("set_id","key")
);
--> statement-breakpoint
CREATE TABLE "consent_policies" (
	"account_id" text PRIMARY KEY NOT NULL,
	"groups" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_last_notices" ADD CONSTRAINT "alert_last_notices_channel_id_alert_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."alert_channels"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audiences" ADD CONSTRAINT "audiences_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cohorts" ADD CONSTRAINT "cohorts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "creatives" ADD CONSTRAINT "creatives_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_upload_id_uploads_id_fk" FOREIGN KEY ("upload_id") REFERENCES "public"."uploads"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_segments" ADD CONSTRAINT "delivery_segments_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_segments" ADD CONSTRAINT "run_segments_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inform_triggers" ADD CONSTRAINT "inform_triggers_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitor_readings" ADD CONSTRAINT "monitor_readings_monitor_id_monitors_id_fk" FOREIGN KEY ("monitor_id") REFERENCES "public"."monitors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcome_versions" ADD CONSTRAINT "outcome_versions_outcome_id_outcomes_id_fk" FOREIGN KEY ("outcome_id") REFERENCES "public"."outcomes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outcomes" ADD CONSTRAINT "outcomes_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "persona_profiles" ADD CONSTRAINT "persona_profiles_version_id_persona_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."persona_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "persona_sets" ADD CONSTRAINT "persona_sets_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "persona_versions" ADD CONSTRAINT "persona_versions_set_id_persona_sets_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."persona_sets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personas" ADD CONSTRAINT "personas_set_id_persona_sets_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."persona_sets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_keys_account" ON "api_keys" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "audit_log_account" ON "audit_log" USING btree ("account_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_log_chain" ON "audit_log" USING btree ("account_id","position");--> statement-breakpoint
CREATE INDEX "alert_channels_account" ON "alert_channels" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "alerts_account" ON "alerts" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "alerts_untold" ON "alerts" USING btree ("untold_since") WHERE untold IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_one_open" ON "alerts" USING btree ("account_id","key") WHERE recovered_at IS NULL;--> statement-breakpoint
CREATE INDEX "audiences_account" ON "audiences" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "cohorts_account" ON "cohorts" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "connection_checks_connection" ON "connection_checks" USING btree ("account_id","connection_id","id");--> statement-breakpoint
CREATE INDEX "connections_account" ON "connections" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "connections_due" ON "connections" USING btree ("next_check_at");--> statement-breakpoint
CREATE INDEX "vendor_calls_connection" ON "vendor_calls" USING btree ("account_id","connection_id","id");--> statement-breakpoint
CREATE INDEX "vendor_calls_run" ON "vendor_calls" USING btree ("account_id","run_id","id");--> statement-breakpoint
CREATE INDEX "datasets_account" ON "datasets" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "creatives_account" ON "creatives" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "deliveries_account" ON "deliveries" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "runs_account" ON "runs" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "runs_delivery" ON "runs" USING btree ("delivery_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_one_active" ON "runs" USING btree ("delivery_id") WHERE finished_at IS NULL;--> statement-breakpoint
CREATE INDEX "uploads_run" ON "uploads" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "erasures_account" ON "erasures" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "erasures_due" ON "erasures" USING btree ("status","next_at");--> statement-breakpoint
CREATE INDEX "inform_pushes_account" ON "inform_pushes" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "inform_pushes_due" ON "inform_pushes" USING btree ("status","next_at");--> statement-breakpoint
CREATE INDEX "inform_triggers_account" ON "inform_triggers" USING btree ("account_id","stream");--> statement-breakpoint
CREATE INDEX "monitor_readings_monitor" ON "monitor_readings" USING btree ("monitor_id","id");--> statement-breakpoint
CREATE INDEX "monitors_account" ON "monitors" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "monitors_delivery" ON "monitors" USING btree ("delivery_id");--> statement-breakpoint
CREATE UNIQUE INDEX "outcome_versions_outcome" ON "outcome_versions" USING btree ("outcome_id","version");--> statement-breakpoint
CREATE INDEX "outcomes_account" ON "outcomes" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "persona_sets_account" ON "persona_sets" USING btree ("account_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "persona_versions_set" ON "persona_versions" USING btree ("set_id","version");