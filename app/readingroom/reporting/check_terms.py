"""The words that the checks before signing know, as tables: findings, places, negations, organs of one sex, leftovers."""

FINDINGS: tuple[tuple[str, str], ...] = (
    ("pericardial effusion", r"pericardial (?:effusions?|fluid)"),
    ("effusion", r"(?<!pericardial )effusions?|pleural fluid|h(?:a?e)mothora(?:x|ces)"),
    ("pneumothorax", r"pneumothora(?:x|ces)"),
    ("consolidation", r"consolidations?|air[- ]?space opacit(?:y|ies)"),
    ("pneumonia", r"pneumonias?"),
    (
        "haemorrhage",
        r"ha?emorrhages?|bleed(?:ing|s)?|(?:subarachnoid|subdural|extradural|intraventricular|intracranial|acute) blood",
    ),
    ("haematoma", r"ha?ematomas?"),
    ("embolism", r"embol(?:ism|us|i)|PE|filling defects?"),
    ("fracture", r"fractures?|fractured"),
    ("dislocation", r"dislocat(?:ions?|ed)|subluxat(?:ions?|ed)"),
    ("enlarged lymph node", r"lymphadenopathy|(?:enlarged|pathological) (?:[\w-]+ ){0,3}(?:nodes?)|nodal enlargement"),
    ("metastasis", r"metasta(?:s[ei]s|tic (?:disease|deposits?|lesions?))"),
    ("mass", r"mass(?:es)?(?! effect)|tumours?"),
    ("nodule", r"nodules?"),
    ("infarct", r"infarct(?:ions?|s)?|ischa?emi(?:a|c changes?)"),
    ("hydronephrosis", r"hydronephrosis|hydroureter(?:onephrosis)?"),
    ("obstruction", r"obstruction"),
    ("free gas", r"free (?:intraperitoneal |intra-abdominal )?(?:gas|air)|pneumoperitoneum|perforat(?:ion|ed)"),
    ("stone", r"(?:gall)?stones?|calcul(?:us|i)|\w*lithiasis"),
    ("aneurysm", r"aneurysms?"),
    ("dissection", r"dissections?"),
    ("thrombosis", r"thromb(?:osis|oses|us|i)"),
    ("abscess", r"abscess(?:es)?"),
    ("appendicitis", r"appendicitis"),
    ("cholecystitis", r"cholecystitis"),
    ("diverticulitis", r"diverticulitis"),
    ("stenosis", r"stenos[ei]s"),
    ("free fluid", r"free fluid|ascites"),
    ("cord compression", r"(?:cord|cauda equina) compression"),
    ("disc prolapse", r"disc (?:protrusions?|herniations?|prolapses?|extrusions?)"),
    ("tear", r"tears?|torn"),
    ("oedema", r"o?edema"),
    ("midline shift", r"midline shift"),
    ("cyst", r"cysts?"),
    ("hernia", r"hernias?"),
    ("collection", r"collections?"),
)
"""What a report affirms or denies: its name, and how it is written."""

PLACES = (
    "skull orbit orbital sinus face facial mandible neck cervical thoracic lumbar sacral sacrum coccyx spine "
    "vertebra vertebral rib ribs sternum clavicle scapula shoulder humerus humeral elbow radius radial ulna "
    "wrist scaphoid carpal hand finger thumb metacarpal pelvis pelvic hip acetabulum femur femoral knee patella "
    "tibia tibial fibula ankle foot calcaneus metatarsal toe lung lungs lobe lingula pleural bronchus hilar "
    "mediastinal mediastinum heart aorta aortic carotid renal kidney kidneys ureter ureteric bladder liver "
    "hepatic biliary gallbladder pancreas pancreatic spleen splenic adrenal stomach gastric duodenum bowel colon "
    "colonic sigmoid caecum rectum rectal appendix mesenteric retroperitoneal inguinal axillary breast thyroid "
    "parotid brain cerebral cerebellar frontal parietal temporal occipital pituitary uterus uterine ovary "
    "ovarian prostate testis iliac portal meniscus ligament tendon rotator subdural extradural subarachnoid "
    "intraventricular"
)
"""Where a finding is: two sentences about other places do not contradict each other."""

NO_BEFORE = (
    r"no|not|nor|without|neither|never|absent|absence of|lack of|negative for|free of|free from|excludes?|excluded|"
    r"ruled out|no longer|resolved|resolution of|clearance of"
)
NO_AFTER = (
    r"(?:(?:is|are|was|were|has|have|has been|have been|been)\s+)?(?:not\s+(?:been\s+)?(?:seen|present|identified|"
    r"demonstrated|visible|shown|evident|detected|found|apparent)|absent|excluded|ruled out|resolved|cleared|gone)"
)
ENDS_NEGATION = (
    r"\b(?:but|with|showing|shows|shown|there (?:is|are)|due to|because|despite|apart from|other than|except|"
    r"consistent with|in keeping with|(?:and|,)\s+(?:an?|the|some|mild|minor|small|tiny|moderate|large|extensive|"
    r"subtle|stable|unchanged|known|bilateral|left|right|multiple|several|old|new|there|it|which))\b"
)
OPEN = (
    r"\?|\b(?:possibl[ey]|probabl[ey]|suspect(?:ed|s)?|suspicion|query|may|might|could|cannot|not (?:be )?excluded|"
    r"rule out|to exclude|exclude(?= (?:an?|the)\b)|differential|versus|vs|risk|if|unlikely|likely|equivocal|suggest\w*|indeterminate|"
    r"consider|concern(?:ing)? for|in case|history of|previous|prior|known|follow[- ]?up|screening|surveillance|"
    r"post|after|treated|old|healed|chronic)\b"
)
"""A sentence with one of these neither affirms nor denies for certain."""
IN_PART = (
    r"\b(?:other|further|additional|new|acute|significant|large|sizeable|residual|recurrent|suspicious|recent|definite|"
    r"convincing|displaced|focal|discrete|obvious|gross|major|complete|full[- ]thickness|high[- ]grade|central|"
    r"proximal|distal|solid|simple|complicated|measurable|contralateral|remote|distant)\b"
)
"""A denial of some kind of a finding denies no other kind: "no other nodule"."""
NO_CHANGE = r"\bno\s+(?:[\w-]+\s+){0,2}(?:change|increase|decrease|growth|progression|difference)\b(?:\s+(?:in|of))?"

FEMALE = (
    r"uter(?:us|ine)|ovar(?:y|ies|ian)|endometri(?:um|al|osis)|myometri(?:um|al)|vagina(?:l)?|fallopian|adnexa(?:l|e)?|"
    r"cervix|hysterectomy|oophorectomy|fibroids?|pregnan(?:t|cy)|gravid|placenta|f(?:o?e)tus|menopaus(?:e|al)|"
    r"postmenopausal"
)
MALE = (
    r"prostat(?:e|ic|ectomy|itis)|seminal vesicles?|test(?:is|es|icular|icles?)|scrot(?:um|al)|epididym(?:is|al)|"
    r"peni(?:s|le)|vas deferens|spermatic cord|orchidectomy|hydrocele|varicocele"
)
WOMAN, MAN = r"woman|lady|female|girl|she|her|hers|herself", r"man|gentleman|male|boy|he|his|him|himself"
RELATIVES = r"\b(?:mother|father|sister|brother|aunt|uncle|daughter|son|wife|husband|partner|family|donor)\b"

REMOVED: tuple[tuple[str, str, str], ...] = (
    ("gallbladder", r"cholecystectomy", r"gall ?bladder"),
    ("spleen", r"splenectomy", r"spleen"),
    ("appendix", r"append(?:ic)?ectomy", r"appendix"),
    ("uterus", r"hysterectomy", r"uterus"),
    ("prostate", r"prostatectomy", r"prostate"),
    ("thyroid", r"thyroidectomy", r"thyroid(?: gland)?"),
    ("bladder", r"cystectomy", r"(?:urinary )?bladder"),
)
"""An organ, the operation that takes it out, and how it is named where somebody describes it."""
NOT_REMOVED = (
    r"\b(?:partial|subtotal|hemi\w*|planned|plan|consider\w*|prior to|before|awaiting|listed|booked|for|may need|"
    r"no|not|without|offered|declined|possible|sleeve|left|right)\b"
)
DESCRIBED = (
    r"normal(?! (?:bed|fossa))|unremarkable|not enlarged|enlarged|thick[- ]walled|distended|contracted|well seen|"
    r"homogeneous|contains"
)

LEFTOVERS = (
    r"\[[^\]\n]*\]?|\*\*\*+|\?\?+|_{3,}|\bX{2,}\b|\bTBC\b|\bTODO\b|\bFIXME\b|\blorem ipsum\b|<[^<>\n\d]{1,40}>|@@+|##+|"
    r"\bdd[./-]mm(?:[./-]yy(?:yy)?)?\b|\b[xX]{1,2}(?:\.[xX])?\s?(?:mm|cm)\b|\(\s*\)|\bdelete as (?:appropriate|applicable)\b|"
    r"\binsert (?:text|here|finding|date|name|size|level|side|details)\b|\bleft\s?/\s?right\b|\bright\s?/\s?left\b|"
    r"\byes\s?/\s?no\b|\b(?:select|choose) one\b"
)
TWICE = r"\b(the|of|is|in|and|no|with|to|a|an|are|was|on|at|for)\s+\1\b"
