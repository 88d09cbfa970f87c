import { Button, FileInput, Group, Progress, Stack, Text, TextInput } from "@mantine/core";
import { IconFileZip } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import type { ModelVersion } from "@/shared/api/models";
import { uploadForm } from "@/shared/api/upload";
import { formatShare } from "@/shared/format";
import { ErrorBox } from "@/shared/ui/ErrorBox";
import { useAction } from "@/shared/ui/useAction";

/** Sends a bundle; only an administrator may. */
export function RegisterForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [share, setShare] = useState(0);
  const register = useAction({
    run: (bundle: File) => {
      const form = new FormData();
      form.append("name", name.trim());
      form.append("bundle", bundle);
      setShare(0);
      const onSent = (bytes: number) => setShare(Math.min(1, bytes / bundle.size));
      return uploadForm<ModelVersion>("/api/models", form, { onSent });
    },
    stale: ["models"],
    onDone,
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) register.mutate(file);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t("models.registerText")}
        </Text>
        <TextInput
          label={t("models.name")}
          description={t("models.nameHint")}
          required
          data-autofocus
          maxLength={120}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="model-name"
        />
        <FileInput
          label={t("models.bundle")}
          placeholder={t("models.choose")}
          leftSection={<IconFileZip size={16} />}
          required
          accept=".zip,application/zip"
          value={file}
          onChange={setFile}
          data-testid="model-bundle"
        />
        {register.isPending ? (
          <Stack gap={4}>
            <Progress value={share * 100} size={6} animated={share >= 1} />
            <Text size="xs" c="dimmed">
              {share < 1 ? t("models.sending", { share: formatShare(share) }) : t("models.checking")}
            </Text>
          </Stack>
        ) : null}
        {register.isError ? <ErrorBox error={register.error} /> : null}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onDone}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!file} loading={register.isPending} data-testid="model-submit">
            {t("models.register")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
