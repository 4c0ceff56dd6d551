// The Feed API of a simulated eBay account: a task, its file, the work on it, and a packed result with an answer for each
// message.

import { gzipSync } from 'node:zlib';
import type { SimulationAnswer, SimulationRequest } from '../simulation-server.ts';
import { nextId, type ShopMemory } from './simulator-memory.ts';
import { refusal } from './simulator-rest.ts';
import { childrenOf, escapeXml, parseXml, textOf, type XmlElement } from './xml.ts';

export const FEED_PATH = '/sell/feed/v1/task';
const TASKS_A_DAY = 400;
/** Looks at a task before its end is seen. */
const LOOKS = 2;

type Task = {
  readonly taskId: string;
  readonly schemaVersion: string;
  readonly createdAt: Date;
  file: XmlElement | null;
  looks: number;
  result: { readonly packed: Buffer; readonly status: string } | null;
};

export type FeedRules = {
  readonly memory: ShopMemory;
  readonly now: () => Date;
  readonly limits: boolean;
  /** What ReviseInventoryStatus would answer to one message, without the envelope. */
  readonly revise: (message: XmlElement) => { readonly content: string; readonly failed: boolean };
  /** Work on files never ends. */
  readonly feedsHang: () => boolean;
  readonly feedsRefused: () => boolean;
};

type FeedDesk = (request: SimulationRequest) => SimulationAnswer;

/** Files last as long as this process. */
export function createSimulatedFeeds(rules: FeedRules): FeedDesk {
  const tasks = new Map<string, Task>();
  return (request) => {
    const route = `${request.method} ${request.url.pathname.slice(FEED_PATH.length)}`;
    if (route === 'POST ') return create(rules, tasks, request);
    const [, taskId = '', verb = ''] = /^\w+ \/([^/]+)(\/\w+)?$/.exec(route) ?? [];
    const task = tasks.get(taskId);
    if (task === undefined) return refusal(404, 160003, `Task ${taskId} does not exist.`);
    if (request.method === 'POST' && verb === '/upload_file') return upload(task, request);
    if (verb === '/download_result_file') return download(task);
    return show(rules, task);
  };
}

function create(rules: FeedRules, tasks: Map<string, Task>, request: SimulationRequest): SimulationAnswer {
  const { feedType, schemaVersion = '' } = JSON.parse(request.body) as Record<string, string>;
  if (feedType !== 'LMS_REVISE_INVENTORY_STATUS') return refusal(400, 160017, 'The feedType is invalid.');
  const today = rules.now().toISOString().slice(0, 10);
  const ofToday = [...tasks.values()].filter((one) => one.createdAt.toISOString().startsWith(today));
  if (rules.feedsRefused() || (rules.limits && ofToday.length >= TASKS_A_DAY)) {
    return refusal(400, 160025, 'The number of tasks of this feed type has been reached.');
  }
  const taskId = `task-${nextId(rules.memory)}`;
  tasks.set(taskId, {
    taskId,
    schemaVersion,
    createdAt: rules.now(),
    file: null,
    looks: 0,
    result: null,
  });
  return { status: 202, headers: { location: `${request.url.origin}${FEED_PATH}/${taskId}` }, body: '' };
}

function upload(task: Task, { headers, body }: SimulationRequest): SimulationAnswer {
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  const start = body.indexOf('\r\n\r\n') + 4;
  const end = body.indexOf(`\r\n--${boundary}--`, start);
  const file = boundary === undefined || end < 0 ? null : parseXml(body.slice(start, end));
  if (file === null) return refusal(400, 160020, 'The format of the file is invalid.');
  if (task.file !== null) return refusal(400, 160021, 'The task has a file.');
  task.file = file;
  return { status: 200, body: {} };
}

function show(rules: FeedRules, task: Task): SimulationAnswer {
  if (task.file !== null && task.result === null && !rules.feedsHang()) {
    task.looks += 1;
    if (task.looks >= LOOKS) task.result = work(rules, task.file);
  }
  const status = task.result?.status ?? (task.file === null ? 'CREATED' : 'IN_PROCESS');
  return {
    status: 200,
    body: {
      taskId: task.taskId,
      status,
      feedType: 'LMS_REVISE_INVENTORY_STATUS',
      schemaVersion: task.schemaVersion,
      creationDate: task.createdAt.toISOString(),
    },
  };
}

function work({ revise }: FeedRules, file: XmlElement): NonNullable<Task['result']> {
  const answers = childrenOf(file, 'ReviseInventoryStatusRequest').map((message) => {
    const { content, failed } = revise(message);
    const id = escapeXml(textOf(message, 'MessageID') ?? '');
    const text =
      '<ReviseInventoryStatusResponse xmlns="urn:ebay:apis:eBLBaseComponents">' +
      `${content}<CorrelationID>${id}</CorrelationID></ReviseInventoryStatusResponse>`;
    return { text, failed };
  });
  const document = `<?xml version="1.0" encoding="UTF-8"?><BulkDataExchangeResponses>${answers
    .map(({ text }) => text)
    .join('')}</BulkDataExchangeResponses>`;
  const hasFailures = answers.some(({ failed }) => failed);
  return { packed: gzipSync(document), status: hasFailures ? 'COMPLETED_WITH_ERROR' : 'COMPLETED' };
}

const download = ({ taskId, result }: Task): SimulationAnswer =>
  result === null
    ? refusal(404, 160014, `No file found for task ID ${taskId}.`)
    : {
        status: 200,
        headers: {
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename=${taskId}.xml.gz`,
        },
        body: result.packed,
      };
