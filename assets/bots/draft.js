// One bot's draft in the browser: undo, autosave, and what to do when somebody else saved too.
import { Refused, ask } from "$/public/api.js";
import { whole } from "$/public/bots/flow.js";
import { writing } from "$/public/presence.jsx";

const SAVE_AFTER = 600; // milliseconds without a change
const CHECK_AFTER = 350;
const AGAIN_AFTER = 4000; // milliseconds, when the server cannot be reached
const ONE_STEP = 900; // changes of one field within so long are undone together
const MOST_STEPS = 100;

const place = (id) => `botpe.bot.${id}`;

export class Draft {
  constructor(id, mayEdit) {
    this.id = id;
    this.mayEdit = mayEdit;
    this.listeners = new Set();
    this.past = [];
    this.future = [];
    this.last = { field: "", at: 0 };
    this.timers = {};
    this.state = {
      loaded: false, missing: "", bot: null, flow: null, problems: [],
      saving: "saved", // saved, waiting, saving, offline, conflict, refused
      savedAt: null, refusal: "", notice: "", canUndo: false, canRedo: false,
    };
  }

  subscribe = (listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  read = () => this.state;

  tell(news) {
    this.state = { ...this.state, ...news };
    for (const listener of this.listeners) listener();
  }

  async load() {
    try {
      const bot = await ask("GET", `/bots/${this.id}`);
      this.revision = bot.revision;
      this.saved = whole(bot.flow);
      const kept = this.mayEdit ? recall(this.id) : null;
      if (!kept) return this.take(bot, this.saved);
      this.take(bot, whole(kept.flow));
      if (kept.revision === bot.revision) this.wait();
      else this.tell({ saving: "conflict" });
    } catch (error) {
      this.tell({ loaded: true, missing: error.message });
    }
  }

  take(bot, flow) {
    this.tell({ loaded: true, missing: "", bot, flow, savedAt: bot.updated_at });
    this.check(0);
  }

  // Changes the flow. Changes of one `field` in a row are one step back.
  change(edit, field = "") {
    if (!this.mayEdit || !this.state.flow) return;
    const flow = edit(this.state.flow);
    if (flow === this.state.flow) return;
    const now = Date.now();
    const goesOn = field && field === this.last.field && now - this.last.at < ONE_STEP;
    if (!goesOn) this.past = [...this.past, this.state.flow].slice(-MOST_STEPS);
    this.last = { field, at: now };
    this.future = [];
    this.become(flow);
  }

  become(flow) {
    writing();
    const conflict = this.state.saving === "conflict";
    this.tell({ flow, canUndo: this.past.length > 0, canRedo: this.future.length > 0, notice: "" });
    remember(this.id, this.revision, flow);
    this.check();
    if (!conflict) this.wait();
  }

  undo = () => this.step("past", "future");
  redo = () => this.step("future", "past");

  step(from, to) {
    if (!this[from].length) return;
    this[to] = [...this[to], this.state.flow];
    const flow = this[from].at(-1);
    this[from] = this[from].slice(0, -1);
    this.last = { field: "", at: 0 };
    this.become(flow);
  }

  wait(milliseconds = SAVE_AFTER) {
    clearTimeout(this.timers.save);
    if (!this.busy) this.tell({ saving: "waiting" });
    this.timers.save = setTimeout(() => this.save(), milliseconds);
  }

  // Saves what is not saved yet; true if the server has everything afterwards.
  async save() {
    clearTimeout(this.timers.save);
    if (this.busy) {
      await this.busy;
      return this.save();
    }
    if (this.state.saving === "conflict" || !this.state.flow) return false;
    if (this.state.flow === this.saved) return true;
    this.busy = this.send(this.state.flow).finally(() => (this.busy = null));
    const done = await this.busy;
    return done && this.state.flow !== this.saved ? this.save() : done;
  }

  async send(flow) {
    this.tell({ saving: "saving" });
    try {
      const bot = await ask("PATCH", `/bots/${this.id}`, { flow, revision: this.revision });
      this.revision = bot.revision;
      this.saved = flow;
      if (this.state.flow === flow) forget(this.id);
      else remember(this.id, this.revision, this.state.flow);
      this.tell({ bot, saving: "saved", savedAt: bot.updated_at, refusal: "" });
      return true;
    } catch (error) {
      this.refused(error);
      return false;
    }
  }

  refused(error) {
    const { status, field, message, passing } = error instanceof Refused ? error : new Refused(0, { message: String(error) });
    if (status === 409 && field === "revision") this.tell({ saving: "conflict" });
    else if (passing) {
      this.tell({ saving: "offline" });
      this.timers.save = setTimeout(() => this.save(), AGAIN_AFTER);
    } else this.tell({ saving: "refused", refusal: message });
  }

  // The bot was saved somewhere. Whoever changed nothing sees it; others are asked.
  async heard(revision) {
    if (this.busy) await this.busy;
    if (!this.state.loaded || revision <= (this.revision ?? Infinity)) return;
    if (this.state.flow !== this.saved) return this.tell({ saving: "conflict" });
    await this.theirs("A colleague changed this bot; you see the newest.");
  }

  async theirs(notice = "") {
    const mine = this.state.flow;
    const bot = await ask("GET", `/bots/${this.id}`);
    this.revision = bot.revision;
    this.saved = whole(bot.flow);
    if (mine !== this.saved) this.past = [...this.past, mine].slice(-MOST_STEPS);
    this.future = [];
    forget(this.id);
    this.tell({ saving: "saved", notice, canUndo: this.past.length > 0, canRedo: false });
    this.take(bot, this.saved);
  }

  async mine() {
    const bot = await ask("GET", `/bots/${this.id}`);
    this.revision = bot.revision;
    this.saved = whole(bot.flow);
    this.past = [...this.past, this.saved].slice(-MOST_STEPS);
    this.tell({ bot, saving: "waiting", canUndo: true });
    return this.save();
  }

  check(milliseconds = CHECK_AFTER) {
    if (!this.mayEdit) return;
    clearTimeout(this.timers.check);
    this.timers.check = setTimeout(async () => {
      const flow = this.state.flow;
      const found = await ask("POST", `/bots/${this.id}/validate`, { flow }).catch(() => null);
      if (found && flow === this.state.flow) this.tell({ problems: found.problems });
    }, milliseconds);
  }

  // Saves, and says whether the draft here is the one the server has.
  async current() {
    if (!(await this.save())) return false;
    const bot = await ask("GET", `/bots/${this.id}`);
    if (bot.revision === this.revision) return true;
    await this.heard(bot.revision);
    return false;
  }

  // The bot itself (not its draft) became another: published, renamed, moved, tested.
  became(bot) {
    this.tell({ bot });
    this.heard(bot.revision).catch(() => {});
  }

  end() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    if (this.mayEdit && this.state.saving !== "conflict") this.save();
  }
}

function recall(id) {
  try {
    return JSON.parse(localStorage.getItem(place(id)));
  } catch {
    return null;
  }
}

function remember(id, revision, flow) {
  try {
    localStorage.setItem(place(id), JSON.stringify({ revision, flow }));
  } catch {
    // A full or forbidden storage costs the memory over reloads, not the draft.
  }
}

function forget(id) {
  try {
    localStorage.removeItem(place(id));
  } catch {
    // The same: what cannot be kept cannot be stale.
  }
}
