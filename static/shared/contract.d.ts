// Written from app/contract by `make typedefs`, never by hand.

/**
 * Keypoints to accept: K rows of x, y (image px), visibility; which a human touched; the prediction's id.
 *
 * began: what the pose began with; began_revision: which of the person's labels, where that was one.
 */
export interface AcceptMessage {
  key: string;
  person_id: number;
  revision: number;
  box?: BoxMessage | null;
  seconds?: number | null;
  xyv: [number, number, number][];
  touched: boolean[];
  started_from?: number | null;
  began?: "student" | "model" | "label" | "copy" | "empty" | null;
  began_revision?: number | null;
}

/** The team as it is now. link: the address, from this server's on, that opens once; nobody is told it again. */
export interface AccountChangedPayload {
  name: string;
  link: string | null;
  team: TeamPayload;
}

/** An account as leads see it. sessions: browsers that are signed in; seen_at: when one of theirs last asked. */
export interface AccountPayload {
  id: number;
  name: string;
  role: "annotator" | "reviewer" | "lead";
  state: "active" | "invited" | "no_password" | "disabled";
  created_at: string;
  link_until: string | null;
  sessions: number;
  seen_at: string | null;
}

/** A new account. password: null makes a link to choose one by. */
export interface AddAccountMessage {
  name: string;
  role: "annotator" | "reviewer" | "lead";
  password?: string | null;
}

/** A box an annotator drew. */
export interface AddPersonMessage {
  key: string;
  image_id: number;
  box: BoxMessage;
}

/** The person that was added. */
export interface AddedPayload {
  person: PersonPayload;
}

/** Fitted sigmas that are in use, and who adopted them. */
export interface AdoptedPayload {
  by: string;
  at: string;
}

/**
 * One keypoint. pairs: persons in whom both placed it. sigma, low, high: fitted, with the 95 % interval.
 *
 * is_enough: whether there are enough persons to adopt it. kinds: how many persons differ in which way.
 */
export interface AgreedKeypointPayload {
  name: string;
  pairs: number;
  oks: number | null;
  visibility_kappa: number | null;
  sigma_now: number;
  sigma: number | null;
  low: number | null;
  high: number | null;
  is_enough: boolean;
  kinds: Record<string, number>;
}

/**
 * How far two labellings agree: of whom or when. oks: mean over persons, with its 95 % interval over images.
 *
 * visibility_kappa: Cohen's of absent, hidden, visible. null: too few to say.
 */
export interface AgreedPayload {
  name: string;
  persons: number;
  oks: number | null;
  low: number | null;
  high: number | null;
  visibility_kappa: number | null;
}

/**
 * Everything that people labelled twice tell. missing: how many more until sigmas can be fitted; waiting: people
 * who wait for a second annotator; otherwise: whom one of two labelled and the other did not.
 */
export interface AgreementPayload {
  twice: number;
  words: string;
  persons: number;
  missing: number;
  waiting: number;
  otherwise: number;
  everybody: AgreedPayload;
  by_pair: AgreedPayload[];
  by_week: AgreedPayload[];
  keypoints: AgreedKeypointPayload[];
  kinds: Record<string, number>;
  can_adopt: boolean;
  adopted: AdoptedPayload | null;
}

/** One annotator's. by_week: of the weeks of which there is anything, the oldest first. */
export interface AnnotatorFiguresPayload {
  name: string;
  all_weeks: FigurePayload;
  by_week: FigurePayload[];
}

/**
 * What one types to back the home up and to make a home of that. last: when somebody did so here; null: never.
 *
 * has_images: whether the download has them; a home in a bucket has not.
 */
export interface BackupPayload {
  last: string | null;
  has_images: boolean;
  backup: string;
  restore: string;
}

/**
 * A round's student beside the network that annotators began from then; null where nothing could be measured.
 *
 * words: both figures as a sentence. beside_round: whose student that was; null: an imported model. persons: on how
 * many; validation: how many of them are validation people.
 */
export interface Beside {
  words?: string;
  beside?: string;
  beside_round?: number | null;
  mean_oks?: number | null;
  mean_oks_beside?: number | null;
  persons?: number;
  validation?: number;
}

/** A rectangle in image px, turned by `angle` degrees clockwise about its centre. */
export interface BoxMessage {
  x: number;
  y: number;
  width: number;
  height: number;
  angle?: number;
}

/** A box as the browser gets it. */
export interface BoxPayload {
  x: number;
  y: number;
  width: number;
  height: number;
  angle: number;
}

/** One of one's own signed-in browsers. browser: what it calls itself. */
export interface BrowserPayload {
  id: string;
  browser: string;
  created_at: string;
  seen_at: string;
  is_this: boolean;
}

/** A camera to choose. */
export interface CameraChoice {
  id: number;
  name: string;
}

/** A camera, how many images it has, and its circle in the shown frame's pixels. source: whose word it is. */
export interface CameraPayload {
  id: number;
  name: string;
  images: number;
  is_fisheye: boolean;
  source: "assumed" | "found" | "set";
  lens: CirclePayload | null;
  arc_degrees: number | null;
  frame: FramePayload | null;
}

/** Every camera by name. */
export interface CamerasPayload {
  cameras: CameraPayload[];
}

/** What is done to an account. new_link: its password stays until the link is opened. */
export interface ChangeAccountMessage {
  do: "disable" | "enable" | "make_lead" | "make_reviewer" | "make_annotator" | "new_link" | "sign_out";
}

/** What is changed: how many of all people are labelled twice; or sigmas are adopted, or taken back. */
export interface ChangeAgreementMessage {
  do: "share" | "adopt" | "take_back";
  twice?: number | null;
}

/** A lens circle a lead drew, in px of the frame it was drawn on. */
export interface CirclePayload {
  x: number;
  y: number;
  radius: number;
}

/**
 * Two rounds side by side, in words and figures.
 *
 * verdict: which student is better, in a sentence; wins: that round, null where it is undecided. twin: where one is
 * the other's twin, that it is. difference: how much higher the second's mean OKS is, with its 95 % interval over
 * images. keypoints: the largest difference first. labels: what annotators did in between, in sentences. numbers:
 * every round that there is, newest first.
 */
export interface ComparePayload {
  numbers: number[];
  first: ComparedRoundPayload;
  second: ComparedRoundPayload;
  verdict: string;
  twin: string;
  wins: number | null;
  people: string;
  persons: number;
  images: number;
  difference: number | null;
  low: number | null;
  high: number | null;
  keypoints: ComparedKeypointPayload[];
  keypoints_note: string;
  labels: string[];
  more_labels: MoreLabelsPayload[];
}

/**
 * One keypoint of the same people: each student's mean OKS, and how much higher the second's is; persons: who place
 * it.
 */
export interface ComparedKeypointPayload {
  name: string;
  persons: number;
  first: number;
  second: number;
  difference: number;
  low: number | null;
  high: number | null;
}

/**
 * Some people of two rounds, those first whom it was asked for. words: who they are, or why there are none; total:
 * how many could be shown. thumb_px: a thumb's width and height.
 */
export interface ComparedPeoplePayload {
  whom: "validation" | "first" | "second" | "open";
  words: string;
  total: number;
  persons: ComparedPersonPayload[];
  skeleton: SkeletonPayload;
  thumb_px: number;
}

/**
 * One person, as both students and an annotator have them: poses in px of the thumb; label: null where there is
 * none. first_oks, second_oks: beside the label. apart: 0 where the two students agree, 1 where not at all.
 */
export interface ComparedPersonPayload {
  id: number;
  image_id: number;
  file_name: string;
  thumb: string;
  first: SheetPosePayload;
  second: SheetPosePayload;
  label: SheetPosePayload | null;
  first_oks: number | null;
  second_oks: number | null;
  apart: number;
}

/**
 * One of the two. without: why it has no predictions to be measured by, in words; null where it has them.
 *
 * twin_of: the round whose labels it learned from by another method. ask_twin: a button's words, where a supervised
 * twin may be asked for; null where not. mean_oks with its 95 % interval, and AP, on the same people as the other's:
 * null where nothing could be measured. at_end: what it measured itself when it ended, in words. order: how well its
 * ranking does, none where that is not measured; order_people: on whom, or why it is not.
 */
export interface ComparedRoundPayload {
  number: number;
  state: "queued" | "running" | "cancelling" | "published" | "kept" | "failed" | "cancelled";
  method: string;
  twin_of: number | null;
  ask_twin: string | null;
  labels: number | null;
  without: string | null;
  mean_oks: number | null;
  low: number | null;
  high: number | null;
  ap: number | null;
  at_end: string;
  order: OrderFigurePayload[];
  order_people: string;
}

/** What a launch would cost on this machine, in words and figures: as `sspcm round DIR --dry-run` measures them. */
export interface CostPayload {
  words: string;
  steps: number;
  labelled: number;
  unlabelled: number;
  validation: number;
  predicted: number;
  step_seconds: number;
  seconds: number;
  after_seconds: number;
  memory_bytes: number;
  crops_bytes: number;
  available_bytes: number | null;
  disk_bytes: number;
  working_bytes: number;
  measured: boolean;
  device: string;
}

/**
 * How many images and persons there are in all; states without a split are those of the train images.
 *
 * images_open: where annotators still have work, validation images too.
 */
export interface CountsPayload {
  images: number;
  images_open: number;
  images_validation: number;
  persons: number;
  persons_open: number;
  persons_accepted: number;
  persons_imported: number;
  persons_skipped: number;
  persons_not_a_person: number;
  persons_validation: number;
  persons_validation_open: number;
  persons_validation_accepted: number;
}

/** Delete for good. images: those that one was told go. */
export interface DeleteMessage {
  kind: "image" | "person";
  id: number;
  why: string;
  images: number[];
}

/** It is gone. trouble: files that could not be taken away yet, in sentences. */
export interface DeletedPayload {
  title: string;
  trouble: string[];
}

/** What would go, in sentences. blocked: why it cannot just now; images: their numbers, to be said back. */
export interface DeletionPayload {
  kind: "image" | "person";
  id: number;
  title: string;
  goes: string[];
  holds: string[];
  stays: string[];
  blocked: string | null;
  images: number[];
}

/** A person of an earlier frame with their pose, in px of the image that was asked about. */
export interface EarlierPerson {
  id: number;
  box: BoxPayload;
  xyv: [number, number, number][];
  from: "student" | "model" | "label";
}

/** No image to work on now, why, and what can be done about it. */
export interface EmptyQueuePayload {
  task: null;
  message: string;
  step: StepPayload;
}

/** What every refusal is. */
export interface ErrorPayload {
  error: RefusalPayload;
}

/** Something that happened to a round, in words. */
export interface EventPayload {
  at: string;
  what: string;
}

/**
 * One annotator's, in one ISO week as in 2026-W49, or with null in all weeks asked for.
 *
 * persons: about whom they decided, each once; accepted: whom they accepted. timed: of whom the seconds are known;
 * seconds: of all these, median: of one. starts: accepted labels that began at a network's pose; untouched: of these,
 * those accepted as they came; actions: keypoints touched and the accept, a start. reviewed: labels that the review
 * rule chose; good: found good; back: sent back or corrected, whoever chose them. twice: whom another labelled too;
 * oks: how far the two agree. Intervals are of 95 %. null: nothing to tell it of.
 */
export interface FigurePayload {
  week: string | null;
  persons: number;
  accepted: number;
  timed: number;
  seconds: number;
  median: number | null;
  starts: number;
  untouched: number;
  untouched_low: number | null;
  untouched_high: number | null;
  actions: number | null;
  reviewed: number;
  good: number;
  good_low: number | null;
  good_high: number | null;
  back: number;
  twice: number;
  oks: number | null;
  oks_low: number | null;
  oks_high: number | null;
}

/** How well a network does on the validation images; null where nothing could be measured. */
export interface Figures {
  AP?: number | null;
  mean_oks?: number | null;
}

/** Everybody's who did anything in these weeks. weeks: the oldest first, the last one goes on. */
export interface FiguresPayload {
  weeks: string[];
  words: string;
  annotators: AnnotatorFiguresPayload[];
}

/**
 * What one can filter by, and what drawing the poses takes: thumb_px, a thumb's width and height.
 *
 * settles: whether who asks may call a suspicious label right, and have all labels checked.
 */
export interface FiltersPayload {
  cameras: CameraChoice[];
  skeleton: SkeletonPayload;
  thumb_px: number;
  settles: boolean;
}

/**
 * What a check suspects about the label that counts. keypoints: none where it is all of it. score: from 0 to 1.
 *
 * other: the other person of a swap, or of somebody labelled twice.
 */
export interface FindingPayload {
  id: number;
  kind: "inversion" | "swap" | "jitter" | "limb" | "miss" | "duplicate" | "twin";
  keypoints: number[];
  score: number;
  words: string;
  other: number | null;
}

/** Nobody (else) is in the image. */
export interface FinishMessage {
  key: string;
  image_id: number;
}

/** What is missing before work can begin; null where nothing is. */
export interface FirstStepPayload {
  step: StepPayload | null;
}

/** A keypoint to look at, and why. */
export interface FlagPayload {
  keypoint: number;
  score: number;
  reason: string;
}

/** A circle that a camera's frames show; arc_degrees: how much of its rim is seen. */
export interface FoundLensPayload {
  lens: CirclePayload;
  arc_degrees: number;
}

/** What a search found; null: no rim is to be seen. */
export interface FoundPayload {
  found: FoundLensPayload | null;
}

/** The image that a camera's circle is shown on. */
export interface FramePayload {
  id: number;
  file_name: string;
  width: number;
  height: number;
  url: string;
}

/** Who gets which images. cameras: by number, none for every camera. part: of the file names, "" for every name. */
export interface GiveWorkMessage {
  people: number[];
  cameras: number[];
  part?: string;
}

/** The images that are still held for who asks. */
export interface HeldPayload {
  held: number[];
}

/** Something that happened to a person: a label, or another decision. what: in words. */
export interface HistoryEntryPayload {
  at: string;
  by: string;
  what: string;
  seconds: number | null;
  label: RevisionPayload | null;
}

/**
 * What became of a person, the newest first. revision, state: theirs now. stays: why no label of theirs is brought
 * back, in words; null where one may be.
 */
export interface HistoryPayload {
  person_id: number;
  image_id: number;
  revision: number;
  state: "open" | "accepted" | "skipped" | "not_a_person";
  entries: HistoryEntryPayload[];
  stays: string | null;
}

/** Whether everything in the image is decided now. */
export interface ImageDonePayload {
  image_done: boolean;
}

/** An image and where its bytes are. */
export interface ImagePayload {
  id: number;
  url: string;
  width: number;
  height: number;
  file_name: string;
  camera: string;
}

/** Images to hold on to, or to let go. */
export interface ImagesMessage {
  image_ids: number[];
}

/** Keep people for validation until there are so many. */
export interface KeepMessage {
  persons: number;
}

/** How the last check of all labels stands. at: null before any. words: in a sentence. kinds: suspicions by kind. */
export interface LabelChecksPayload {
  at: string | null;
  people: number;
  predicted: number;
  found: number;
  kinds: Record<string, number>;
  words: string;
}

/** What a file of labels brought. told: in words; complaints: what was left out, and why. */
export interface LabelsTakenPayload {
  images_known: number;
  told: string;
  complaints: string[];
}

/**
 * The settings changed in those that a launch begins from, nested as in the round's TOML.
 *
 * preset: what to begin from; without one the home's usual settings, as on the page and the command line.
 */
export interface LaunchMessage {
  preset?: "demo" | "imported" | "standard" | null;
  config?: Record<string, unknown>;
}

/** A camera's lens as a lead sees it in one of its images; no circle: the camera is no fisheye. */
export interface LensMessage {
  image_id: number;
  lens: CirclePayload | null;
}

/** The lens circle in image px. */
export interface LensPayload {
  x: number;
  y: number;
  radius: number;
}

/** A page that the next step is taken on. */
export interface LinkPayload {
  href: string;
  text: string;
}

/** A line of the audit log. */
export interface LogEntryPayload {
  id: number;
  at: string;
  actor: string;
  via: string;
  action: string;
  about: string;
  details: Record<string, unknown>;
}

/** The newest lines. before: what to ask with for those before them; null where there are none. */
export interface LogPayload {
  entries: LogEntryPayload[];
  before: number | null;
}

/**
 * One annotator. caught, of seen: people whose wrong keypoint was moved away, with the 95 % interval of the share.
 *
 * low, high: null of nobody. empty: people labelled without the start that there is. untouched, of started: labels
 * that began at a network's pose, and those in which no keypoint was touched.
 */
export interface LookedPayload {
  name: string;
  caught: number;
  seen: number;
  low: number | null;
  high: number | null;
  empty: number;
  untouched: number;
  started: number;
}

/** A token for a program. days: null is for ever. */
export interface MakeTokenMessage {
  name: string;
  scope: "read" | "label" | "lead";
  days?: number | null;
}

/**
 * What a published round measured; earlier versions measured less.
 *
 * pair_frequency: of the pairs of members, at each refresh.
 */
export interface Measured {
  starts?: Beside;
  ap?: Record<string, Figures>;
  ap_before?: Record<string, Figures>;
  moved?: Record<string, Moved>;
  pair_frequency?: number[][];
  refreshes?: number;
  persons?: Persons;
  device?: string;
  warnings?: string[];
}

/** Somebody accepted with the wrong keypoint left in place: the label has the network's own place there. */
export interface MissedPayload {
  person_id: number;
  image_id: number;
  annotator: string;
  keypoint: string;
  at: string;
}

/**
 * What one round learned from in addition to the other: people whom that one did not learn from, and corrected
 * labels. minutes: what annotators took for `timed` of them; null where nothing tells it. from_files: labels out of a
 * file.
 */
export interface MoreLabelsPayload {
  round: number;
  people: number;
  corrected: number;
  from_files: number;
  timed: number;
  minutes: number | null;
}

/** How far a network was put on its way from where it started, and what the persons say whom it left out. */
export interface Moved {
  part: number;
  before: number;
  after: number;
  persons: number;
}

/**
 * A keypoint of a label that a human touched, or that lies elsewhere than where the pose began.
 *
 * px: how far from there, and sigmas: the same in human sigmas; null where the pose did not begin with a place for it.
 */
export interface MovedKeypoint {
  keypoint: number;
  touched: boolean;
  px: number | null;
  sigmas: number | null;
}

/** The box holds nobody. withdrawn: who added it takes it off every list again. */
export interface NotAPersonMessage {
  key: string;
  person_id: number;
  revision: number;
  box?: BoxMessage | null;
  seconds?: number | null;
  withdrawn?: boolean;
}

/**
 * One worker. doing: what it does, in words; since: from when on, null where it waits or is gone.
 *
 * state: "silent" is not heard of in time, "lost" for so long that others took its jobs. seconds: since its last sign.
 */
export interface OneWorkerPayload {
  name: string;
  host: string;
  process: number;
  device: string;
  state: "works" | "waits" | "silent" | "lost" | "ended";
  doing: string;
  since: string | null;
  heard: string;
  seconds: number;
  started_at: string;
}

/**
 * How well the order does in one respect, with its 95 % interval; null where nothing could be measured.
 *
 * name: in words; more: what it means. chance: a random order's figure, chance_low and chance_high: between which
 * 95 % of random orders of the same people lie.
 */
export interface OrderFigurePayload {
  name: string;
  more: string;
  value: number | null;
  low: number | null;
  high: number | null;
  chance: number;
  chance_low: number | null;
  chance_high: number | null;
}

/**
 * What the queue is ordered by now, and how well, on labels that the order did not learn from.
 *
 * goes_by: before any network spoke, by how unlike images are; before labels; fitted on corrections. round: whose
 * student's poses it is about; null for an imported model's. corrections: how many corrected people it was made with;
 * persons: how many the figures are on, whom `people` names; enough: whether they are enough for figures.
 */
export interface OrderPayload {
  words: string;
  advice: string;
  people: string;
  goes_by: "unlike" | "before labels" | "fitted";
  round: number | null;
  corrections: number;
  corrections_wanted: number;
  persons: number;
  enough: boolean;
  figures: OrderFigurePayload[];
}

/** One's own account. hours: after which a browser is signed out; idle_hours: after which an idle one is. */
export interface OwnAccountPayload {
  name: string;
  role: "annotator" | "reviewer" | "lead";
  hours: number;
  idle_hours: number;
  browsers: BrowserPayload[];
  tokens: TokenPayload[];
}

/** What came back or was corrected of one's own labels, the newest first. */
export interface OwnReviewsPayload {
  reviews: ReviewedPayload[];
}

/** One's own password, by the old one. */
export interface PasswordMessage {
  old: string;
  new: string;
}

/**
 * About one person, as the browser last saw them. `key`: the same one is carried out once.
 *
 * box: the person's as the annotator left it; only where they changed it. seconds: worked on the person until this
 * decision, pauses left out; null where nobody measured.
 */
export interface PersonMessage {
  key: string;
  person_id: number;
  revision: number;
  box?: BoxMessage | null;
  seconds?: number | null;
}

/**
 * One person; ghosts by network: K rows of x, y, confidence. Flags come worst first.
 *
 * review: why an open person came back, or what was corrected of an accepted one; null where neither is so.
 *
 * keypoint_scores: K inconsistencies in [0, 1], null where nothing is said of a keypoint. starts: every pose one could
 * begin from, the best first: label (the latest they ever had, whether it counts now or not), then the two networks.
 */
export interface PersonPayload {
  id: number;
  revision: number;
  state: "open" | "accepted" | "skipped" | "not_a_person";
  box: BoxPayload;
  score: number | null;
  flags: FlagPayload[];
  keypoint_scores: (number | null)[] | null;
  skip_reason: string | null;
  start: StartPayload;
  starts: StartPayload[];
  ghosts: Record<string, [number, number, number][]>;
  review: ReviewNotePayload | null;
}

/** How many persons a round learned from, by use. */
export interface Persons {
  labelled?: number;
  unlabelled?: number;
  validation?: number;
}

/** How many open images somebody gets. is_given: of their work; else of what was given to nobody. */
export interface PersonsWorkPayload {
  id: number;
  name: string;
  is_given: boolean;
  open: number;
}

/** A piece of work. camera: null for every camera's images. open: images where somebody still has work. */
export interface PiecePayload {
  id: number;
  camera: string | null;
  part: string;
  people: WorkPersonPayload[];
  images: number;
  open: number;
}

/**
 * What came of a model's run over the pool, as far as it is known: counts of persons, and what the model lacks.
 *
 * validation, decided: whom it predicted besides the open persons, to be measured by them.
 */
export interface PoolReport {
  predicted?: number;
  flagged?: number;
  known?: number;
  validation?: number;
  decided?: number;
  unknown_keypoints?: string[];
  complaints?: string[];
}

/** A model's run over the pool. done: persons that have a prediction, of `total`. */
export interface PrelabellingPayload {
  id: number;
  model: string;
  sha256: string;
  state: "queued" | "running" | "done" | "failed";
  launched_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  done: number;
  total: number;
  report: PoolReport;
  error: string | null;
}

/** The nearest earlier frame with a pose in it; no name and nobody where there is none. */
export interface PreviousPayload {
  file_name: string | null;
  frame: number | null;
  persons: EarlierPerson[];
}

/** How many get a probe, who looked how closely, and whom to look at again, the last first. words: all at once. */
export interface ProbesPayload {
  wrong: number;
  empty: number;
  words: string;
  annotators: LookedPayload[];
  missed: MissedPayload[];
}

/**
 * How far a running round is: whichever of these are known. ap: of each network at the latest measurement.
 *
 * persons_per_s: that one network sees. memory_bytes: the most that the trainer has had. gpu_bytes of gpu_total_bytes:
 * what is taken of the GPU, by everybody; gpu_busy: how much of its time it computes, 0 to 1. worst: of the pool's
 * people scored so far those in most doubt.
 */
export interface Progress {
  step?: number;
  steps?: number;
  epoch?: number;
  epochs?: number;
  loss?: number | null;
  seconds_left?: number | null;
  ap?: Record<string, number | null>;
  persons_per_s?: number;
  memory_bytes?: number;
  gpu_bytes?: number;
  gpu_total_bytes?: number;
  gpu_busy?: number;
  worst?: WorstPerson[];
}

/** An image in which the annotator decided something, and when they last did. */
export interface RecentImagePayload {
  id: number;
  file_name: string;
  camera: string;
  is_open: boolean;
  decided_at: string;
}

/** The annotator's last images, newest first. */
export interface RecentPayload {
  images: RecentImagePayload[];
}

/** Why something was not done. code: for programs; message: what people may be shown. */
export interface RefusalPayload {
  code: string;
  message: string;
}

/** The images let go. */
export interface ReleasedPayload {
  released: number[];
}

/** Somebody (else) may be in the image after all. */
export interface ReopenImageMessage {
  key: string;
  image_id: number;
}

/** A reviewer's word on a label. revision: the label's. xyv: a corrected pose; touched: which keypoints moved. */
export interface ReviewMessage {
  key: string;
  person_id: number;
  revision: number;
  result: "good" | "back";
  comment?: string;
  xyv?: [number, number, number][] | null;
  touched?: boolean[] | null;
}

/** The next persons for whoever asks. left: how many there are, counted up to 1000; told without `after` alone. */
export interface ReviewNextPayload {
  persons: ReviewPersonPayload[];
  left: number | null;
}

/** What a reviewer said of a label that was not good. is_corrected: they placed another pose, which is the label. */
export interface ReviewNotePayload {
  reviewer: string;
  comment: string;
  is_corrected: boolean;
  at: string;
}

/**
 * A person to review. revision: the label's. earlier: what was said of their label before, where it came back.
 *
 * findings: what a check suspects of the label, the most suspicious first.
 */
export interface ReviewPersonPayload {
  id: number;
  revision: number;
  annotator: string;
  image: ImagePayload;
  lens: LensPayload | null;
  box: BoxPayload;
  xyv: [number, number, number][];
  flags: FlagPayload[];
  findings: FindingPayload[];
  earlier: ReviewedPayload | null;
}

/**
 * What reviews say of one annotator's labels; annotator null: of imported ones. low, high: the 95 % interval.
 *
 * The share and its interval are of labels that the project's rule chose (sampled); null before it chose one.
 */
export interface ReviewResultsPayload {
  annotator: string | null;
  good: number;
  back: number;
  corrected: number;
  waiting: number;
  sampled: number;
  share_good: number | null;
  low: number | null;
  high: number | null;
}

/** How much is reviewed: a share from 0 to 1, and everybody's first persons. */
export interface ReviewRuleMessage {
  share: number;
  first: number;
}

/** How much is reviewed. */
export interface ReviewRulePayload {
  share: number;
  first: number;
}

/**
 * What the page Review begins with. annotators: who has labels that one may ask for.
 *
 * suspicious: how many labels that a check suspects whoever asks may review, counted up to 1000.
 */
export interface ReviewTablePayload {
  rule: ReviewRulePayload;
  skeleton: SkeletonPayload;
  annotators: string[];
  results: ReviewResultsPayload[];
  suspicious: number;
}

/**
 * A review. annotator: null of an imported label. corrected: the label revision that the reviewer placed instead.
 *
 * is_waiting: the person is open and was not labelled anew yet.
 */
export interface ReviewedPayload {
  id: number;
  person_id: number;
  image_id: number;
  file_name: string;
  revision: number;
  annotator: string | null;
  reviewer: string;
  result: "good" | "back";
  comment: string;
  corrected: number | null;
  is_waiting: boolean;
  at: string;
}

/**
 * One revision of a person's label. began: what its pose began with, in words. counts: whether it is the label now.
 *
 * xyv: K rows of x, y (image px), visibility. seconds: worked on it, pauses left out; null where nobody measured.
 * started_from: the prediction's id that it goes back to.
 */
export interface RevisionPayload {
  revision: number;
  xyv: [number, number, number][];
  began: string;
  started_from: number | null;
  moved: MovedKeypoint[];
  counts: boolean;
}

/** A round: its settings, where it stands, what it measured. */
export interface RoundPayload {
  id: number;
  number: number;
  state: "queued" | "running" | "cancelling" | "published" | "kept" | "failed" | "cancelled";
  stage: "freeze" | "train" | "score" | "publish" | "done";
  config: Record<string, unknown>;
  launched_by: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  progress: Progress;
  metrics: Measured;
  error: string | null;
  directory: string | null;
  kept_because: string | null;
  twin_of: number | null;
}

/** The latest rounds, newest first. */
export interface RoundsPayload {
  rounds: RoundPayload[];
}

/** The camera with its new circle. */
export interface SavedLensPayload {
  camera: CameraPayload;
}

/** What a decision led to. `repeated`: it had been saved before; nothing changed now. */
export interface SavedPayload {
  person: SavedPerson;
  image_done: boolean;
  repeated: boolean;
}

/** A person after a decision. label_revision: of the label that counts now; null without one. */
export interface SavedPerson {
  id: number;
  revision: number;
  state: "open" | "accepted" | "skipped" | "not_a_person";
  label_revision: number | null;
}

/** The worker that gave the latest sign of life, and how many seconds ago. */
export interface SeenWorkerPayload {
  name: string;
  host: string;
  process: number;
  version: string;
  started_at: string;
  seen_at: string;
  seconds: number;
  ended: boolean;
}

/** A person of the annotator's whom a reviewer sent back, and who waits to be labelled anew. */
export interface SentBackPayload {
  image_id: number;
  person_id: number;
}

/**
 * Who is signed in. csrf: goes with every unsafe request.
 *
 * project: tells it from every other; null before there is one.
 */
export interface SessionPayload {
  user: UserPayload;
  csrf: string;
  version: number;
  project: string | null;
}

/** Of people with a network's start: how many get one keypoint put wrong, and how many come without it. 0: none. */
export interface SetProbesMessage {
  wrong: number;
  empty: number;
}

/**
 * A page of the contact sheet. next: what to ask for as `after`, null on the last page.
 *
 * total: of all pages, told on the first one and up to 1000; null otherwise. cameras: all there are, by name.
 */
export interface SheetPayload {
  persons: SheetPersonPayload[];
  next: string | null;
  total: number | null;
  cameras: CameraChoice[];
}

/**
 * A person of the contact sheet. Flags come worst first. pose: their label, else what a network says; null without.
 *
 * findings: what is suspected of their label, the most suspicious first. labelled_by: whose label counts; null without
 * one. held_by: another annotator who has the image now.
 */
export interface SheetPersonPayload {
  id: number;
  image_id: number;
  file_name: string;
  camera: string;
  state: "open" | "accepted" | "skipped" | "not_a_person";
  score: number | null;
  flags: FlagPayload[];
  skip_reason: string | null;
  labelled_by: string | null;
  held_by: string | null;
  thumb: string;
  pose: SheetPosePayload | null;
  findings: FindingPayload[];
}

/** K rows of x, y (px of the thumb), visibility. */
export interface SheetPosePayload {
  xyv: [number, number, number][];
}

/** One figure in words: name, the figure with its interval, and what it means. */
export interface SimulationFigurePayload {
  name: string;
  text: string;
  more: string;
}

/** Ask what one costs, begin it, or end it. */
export interface SimulationMessage {
  do: "ask" | "begin" | "cancel";
}

/**
 * The newest simulation, or what is missing before there can be one.
 *
 * state: "none" before any, "missing" where one cannot be. words: where it stands; advice: what the result says a lead
 * should do, and verdict the same for programs; null without a result. done, of: rows of the curve so far. curve: the
 * picture's address. ask, begin, cancel: what the buttons say; null for one that is of no use now.
 */
export interface SimulationPayload {
  state: "none" | "missing" | "queued" | "running" | "measured" | "done" | "failed" | "cancelled";
  number: number | null;
  words: string;
  advice: string;
  verdict: "go on" | "stop" | "undecided" | null;
  figures: SimulationFigurePayload[];
  done: number;
  of: number;
  minutes: number | null;
  curve: string | null;
  error: string | null;
  ask: string | null;
  begin: string | null;
  cancel: string | null;
}

/** Which keypoints there are, how they hang together, and the side of each. mirror: each one's partner. */
export interface SkeletonPayload {
  name: string;
  keypoints: string[];
  edges: [number, number][];
  mirror: number[];
  sigmas: number[];
  sides: ("left" | "right" | "middle")[];
}

/** A person left without a label, and why. */
export interface SkipMessage {
  key: string;
  person_id: number;
  revision: number;
  box?: BoxMessage | null;
  seconds?: number | null;
  reason: string;
}

/**
 * A network that labelling may begin from. round: None for the imported model.
 *
 * mean_oks with its 95 % interval: null where nothing could be measured. began: how many of the labels began at its
 * own pose, and lean to it. use: a button's words, with the difference to the one in use; null for that one.
 */
export interface SourcePayload {
  source: "imported" | "student";
  round: number | null;
  name: string;
  in_use: boolean;
  kept: boolean;
  mean_oks: number | null;
  low: number | null;
  high: number | null;
  began: number;
  use: string | null;
}

/**
 * Actions a person from the starts since a round and from those before it, on the same people, to a tenth.
 *
 * fewer with the ends of its 95 % interval: null where too few images tell them. began, began_before: how many of the
 * labels began at the very poses that annotators begin from since the round, and at those of before: they lean to
 * them.
 */
export interface SparedFigures {
  persons: number;
  images: number;
  actions: number;
  actions_before: number;
  fewer: number;
  low: number | null;
  high: number | null;
  began: number;
  began_before: number;
}

/**
 * What the published round spared, in words and figures. begin_from, before: what annotators begin from since it,
 * and did before it; null: every keypoint was to be placed.
 *
 * labelled: people labelled since; validation: those whom rounds are measured by; both null where the round changed no
 * start. words: the former as a sentence, or what is missing; notes: what else there is to say, of a round that
 * changed no start what its student would have spared.
 */
export interface SparedPayload {
  round: number;
  begin_from: string;
  before: string | null;
  words: string;
  notes: string[];
  labelled: SparedFigures | null;
  validation: SparedFigures | null;
}

/**
 * The pose to start from: K rows of x, y, visibility; an absent keypoint of a network's has its place.
 *
 * undecided: the keypoints of a model's about which nobody decided, neither it nor labels: Accept asks before it takes
 * them for absent. revision: a label's.
 */
export interface StartPayload {
  xyv: [number, number, number][];
  from: "student" | "model" | "label" | "empty";
  prediction_id: number | null;
  model: string | null;
  undecided: number[];
  revision: number | null;
}

/**
 * Which network annotators begin from, in words, and what can be said of each, all on the same persons.
 *
 * people: who these are, in words; enough: whether they are enough to change anything. why: what was found when the
 * choice was made. again: when it is decided next, and what may change. lead: who chose otherwise. spared: what the
 * published round changed; null before one.
 */
export interface StartsPayload {
  words: string;
  why: string;
  again: string;
  people: string;
  persons: number;
  enough: boolean;
  lead: string | null;
  sources: SourcePayload[];
  spared: SparedPayload | null;
}

/** What to do first, or next. code: how the home stands; command: to be typed in a shell. */
export interface StepPayload {
  code: string;
  title: string;
  text: string;
  command: string | null;
  link: LinkPayload | null;
}

/** Stop a round, go on with it, show it to annotators, or take it away. */
export interface StoryMessage {
  do: "cancel" | "go on" | "promote" | "delete";
}

/**
 * What happened to one round, and what can be done with it.
 *
 * numbers: every round that there is, newest first. cancel, go_on, promote, delete: what the buttons say; null for one
 * that is of no use now. confirm: what to ask before deleting. log: its trainer's last lines. disk: what its files
 * take, and those of all rounds.
 */
export interface StoryPayload {
  number: number;
  numbers: number[];
  state: "queued" | "running" | "cancelling" | "published" | "kept" | "failed" | "cancelled";
  words: string;
  events: EventPayload[];
  log: string[];
  cancel: string | null;
  go_on: string | null;
  promote: string | null;
  delete: string | null;
  confirm: string;
  disk: string;
}

/** Who loses all their work. */
export interface TakeAllWorkMessage {
  person: number;
}

/** Whom a piece of work is taken from; null: everybody. */
export interface TakeWorkMessage {
  person?: number | null;
}

/**
 * One image to work on, held for `lease_s` seconds; persons come worst first.
 *
 * remaining: open images of the annotator's work; without work, of what was given to nobody. sent_back: whoever of
 * theirs came back and waits, in this image or another, the first who came back first; 50 at most. held_by: another
 * who holds it, so that this one may only look; read_only: another reason why, in words. Both null: it is held for
 * this annotator.
 */
export interface TaskPayload {
  version: number;
  image: ImagePayload;
  skeleton: SkeletonPayload;
  lease_s: number;
  lens: LensPayload | null;
  round: number | null;
  persons: PersonPayload[];
  remaining: number;
  sent_back: SentBackPayload[];
  held_by: string | null;
  read_only: string | null;
}

/** Every account and every token. */
export interface TeamPayload {
  accounts: AccountPayload[];
  tokens: TokenPayload[];
}

/** A new token, told this once, and the account as it is now. */
export interface TokenMadePayload {
  token: string;
  account: OwnAccountPayload;
}

/** An API token without its secret; begins: its first letters. */
export interface TokenPayload {
  id: number;
  owner: string;
  name: string;
  scope: "read" | "label" | "lead";
  begins: string;
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
}

/** Something that was deleted for good. */
export interface TombstonePayload {
  id: number;
  kind: "image" | "person";
  digest: string;
  at: string;
  by: string;
  why: string;
  allowed_at: string | null;
  allowed_by: string | null;
}

/** The newest, newest first. */
export interface TombstonesPayload {
  deleted: TombstonePayload[];
}

/** The worker cannot be kept running: when that was told, and its last lines. */
export interface TroublePayload {
  at: string;
  said: string[];
}

/** One's own review, taken back. */
export interface UndoReviewMessage {
  review_id: number;
}

/** Skip everybody like that, or take that back. */
export interface UnlabelableMessage {
  do: "skip" | "take back";
}

/**
 * The people who are too small or too dark for anybody to label, and what a lead may do about them.
 *
 * people: who can be skipped at once, small and dark among them; images: how many close with that. held: those left
 * out because somebody works on their image. skipped: whom it was done to and can be taken back. done: what was just
 * done, in words. null: a button that is of no use now.
 */
export interface UnlabelablePayload {
  words: string;
  confirm: string;
  people: number;
  small: number;
  dark: number;
  images: number;
  held: number;
  skipped: number;
  skip: string | null;
  take_back: string | null;
  done: string;
}

/** What annotators are to begin from. round: whose student; one that was kept is published for it. */
export interface UseMessage {
  use: "measured" | "imported" | "student";
  round?: number | null;
}

/** Somebody with an account. */
export interface UserPayload {
  name: string;
  role: "annotator" | "reviewer" | "lead";
}

/**
 * The people whom rounds are measured by, in words and figures.
 *
 * wanted: labelled people for an interval of .03 of mean OKS to either side, to two digits; spread: over people, which
 * that follows from: of the first labels it is mostly the usual one. offer: how many people to keep in all, as the
 * button says, and why so many; null where none can be kept. warning: where one image is most of them. before_launch:
 * what is missing for a round's student to be taken up as it ends; null where nothing is.
 */
export interface ValidationPayload {
  words: string;
  advice: string;
  warning: string | null;
  before_launch: string | null;
  persons: number;
  labelled: number;
  open: number;
  wanted: number;
  missing: number;
  spread: number;
  spread_is_measured: boolean;
  offer: number | null;
  button: string | null;
  why: string | null;
}

/** A camera whose images can be given. open: images where somebody still has work, whosever they are. */
export interface WorkCameraPayload {
  id: number;
  name: string;
  open: number;
}

/**
 * All work. free: open images that were given to nobody. people: who can sign in, by name. said: what was done.
 *
 * cameras: by name, those with nothing open last.
 */
export interface WorkPayload {
  pieces: PiecePayload[];
  people: PersonsWorkPayload[];
  cameras: WorkCameraPayload[];
  free: number;
  said: string;
}

/** Somebody who has a piece of work. */
export interface WorkPersonPayload {
  id: number;
  name: string;
  is_disabled: boolean;
}

/** Whether a worker runs, as a message. command: what starts one; null where none is to be started now. */
export interface WorkerPayload {
  state: "running" | "gone" | "never";
  text: string;
  command: string | null;
  trouble: TroublePayload | null;
  worker: SeenWorkerPayload | null;
}

/** Every worker heard of within a week, by name; words: how many there are, and what they share. */
export interface WorkersPayload {
  words: string;
  workers: OneWorkerPayload[];
}

/** A person of the pool in much doubt, the name of their image, and their worst flag's reason; "" without one. */
export interface WorstPerson {
  person: number;
  image: string;
  score: number;
  why: string;
}
