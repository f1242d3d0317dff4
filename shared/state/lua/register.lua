-- The names under which clients call the functions. One that another version of the library answered
-- otherwise has the number of the version since which it answers so: see before.lua.

redis.register_function('sentuh_load_3', load)
redis.register_function('sentuh_there', there)
redis.register_function('sentuh_commit_3', commit)
redis.register_function('sentuh_settle_3', settle)
redis.register_function('sentuh_unsettled_3', unsettled)
redis.register_function('sentuh_due', due)
redis.register_function('sentuh_epoch', epoch)
redis.register_function('sentuh_lead', lead)
redis.register_function('sentuh_fold_3', fold)
redis.register_function('sentuh_peek', peek)
redis.register_function('sentuh_open', open_epoch)
